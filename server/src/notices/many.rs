//! `/crises/notices`: many couples at once, as the board's filter has them, each with their own text, and the press for all.

use app::{
    access::Troubles,
    notices::{BulkForm, BulkRow, BulkView, LeftOut, LetterWords, bulk_page},
};
use axum::{Form, extract::RawQuery, http::StatusCode, response::Response};
use backend::{
    access::{Permit, SeePersonalData, WorkCases},
    crises::{ON_A_PAGE, Stored},
    notices::{Bulk, BulkWish, Filled, NoticeRefused},
};
use domain::{
    crises::{CaseId, Filter, wording},
    notices::{Purpose, Variable, Way},
};

use super::{
    refused, sentence,
    write::{addresses, moment, near, typed_moment},
};
use crate::{
    access::{
        asked::{Asked, Refusal, see},
        form::Fields,
    },
    crises::{Context, FILTER},
};

/// So many are told by one press: as many as a person can look over, and a form can name.
const MOST: usize = 500;

/// Whom to tell what, as the address or the form has it.
struct Many {
    purpose: Purpose,
    filter: Filter,
    /// Those who were listed before; nothing the first time.
    cases: Vec<CaseId>,
    /// Of these, whom somebody left out.
    out: Vec<CaseId>,
    beyond: usize,
    form: BulkForm,
    changed: Vec<String>,
    problem: Option<String>,
}

impl Many {
    /// Those who are to be told.
    fn wanted(&self) -> Vec<CaseId> {
        self.cases.iter().filter(|case| !self.out.contains(case)).cloned().collect()
    }
}

/// `GET`
pub(super) async fn show(asked: Asked, RawQuery(query): RawQuery) -> Response {
    asked
        .answer(|asked| async move {
            let query = query.unwrap_or_default();
            // Those that it would find are not all of them: whoever followed it says again whom they look for.
            if let Some(board) = crate::crises::without_text(&query) {
                return Ok(see(&board));
            }
            let pairs: Vec<(String, String)> = serde_urlencoded::from_str(&query).unwrap_or_default();
            let mut many = of_pairs(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())));
            many.form.promised = first_promise(&asked)?;
            let status = if many.problem.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
            draw(&asked, status, many).await
        })
        .await
}

/// `POST`: the same couples with what was typed.
pub(super) async fn again(asked: Asked, Form(fields): Form<Fields>) -> Response {
    asked
        .answer(|asked| async move {
            let mut many = of_fields(&fields);
            // Sent from the board, or for another purpose.
            if !fields.has("promised") {
                many.form.promised = first_promise(&asked)?;
            }
            let status = if many.problem.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
            draw(&asked, status, many).await
        })
        .await
}

/// `POST /crises/notices/send`
pub(super) async fn send(asked: Asked, Form(fields): Form<Fields>) -> Response {
    asked
        .answer(|asked| async move {
            let (work, personal) = permits(&asked)?;
            let context = Context::of(&asked)?;
            let mut many = of_fields(&fields);
            let wish = match wish(&many, &context) {
                Ok(wish) => wish,
                Err(troubles) => {
                    many.form.troubles = troubles;
                    return draw(&asked, StatusCode::UNPROCESSABLE_ENTITY, many).await;
                }
            };
            let pressed = asked.state.notices.send_all(&work, &personal, wish, &fields.text("seen")).await;
            let why = match pressed {
                Ok(pressed) => {
                    return Ok(see(&format!("/crises/notices/{}?sent={}", pressed.batch, pressed.queued)));
                }
                Err(why) => why,
            };
            match why {
                NoticeRefused::SomeChanged(cases) => {
                    many.changed = cases
                        .iter()
                        .map(|case| format!("What goes to {case} changed."))
                        .map(|line| sentence(&line))
                        .collect();
                }
                NoticeRefused::Nobody
                | NoticeRefused::TooMany(_)
                | NoticeRefused::Refusal(_)
                | NoticeRefused::Conflict
                | NoticeRefused::PastPromise
                | NoticeRefused::Locked(_) => {
                    let field = if matches!(why, NoticeRefused::PastPromise) { "promised" } else { "" };
                    many.form.troubles = Troubles::default().and(field, why.to_string());
                }
                other => return Err(refused(other)),
            }
            draw(&asked, StatusCode::CONFLICT, many).await
        })
        .await
}

fn permits(asked: &Asked) -> Result<(Permit<WorkCases>, Permit<SeePersonalData>), Refusal> {
    let viewer = asked.viewer()?;
    Ok((viewer.permit::<WorkCases>()?, viewer.permit::<SeePersonalData>()?))
}

fn of_pairs<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)> + Clone) -> Many {
    let mut problem = None;
    let purpose = match pairs.clone().find(|(name, _)| *name == "purpose") {
        None => Purpose::WeKnow,
        Some((_, word)) => Purpose::from_word(word).unwrap_or_else(|| {
            let known = Purpose::ALL.map(Purpose::word).join(", ");
            problem = Some(format!("There is no such purpose; there are {known}."));
            Purpose::WeKnow
        }),
    };
    let of_the_filter = pairs.filter(|(name, _)| !matches!(*name, "purpose" | "page" | "done"));
    let filter = Filter::parse(of_the_filter).unwrap_or_else(|why| {
        problem.get_or_insert(why.to_string());
        Filter::default()
    });
    let (cases, out, changed) = (Vec::new(), Vec::new(), Vec::new());
    Many { purpose, filter, cases, out, beyond: 0, form: BulkForm::default(), changed, problem }
}

fn of_fields(fields: &Fields) -> Many {
    let filter = FILTER.map(|name| (name, fields.text(&format!("filter-{name}"))));
    // The board names none.
    let purpose = fields.has("purpose").then(|| ("purpose", fields.text("purpose")));
    let pairs = filter.iter().chain(&purpose).map(|(name, value)| (*name, value.as_str()));
    let ids = |name: &str| -> Vec<CaseId> {
        fields.text(name).split(' ').filter(|id| !id.is_empty()).map(|id| CaseId(id.to_owned())).collect()
    };
    let (cases, take) = (ids("cases"), ids("take"));
    let mut out = [ids("out"), ids("leave")].concat();
    out.retain(|id| cases.contains(id) && !take.contains(id));
    out.dedup();
    let [promised, contact, plan] = ["promised", "contact", "plan"].map(|name| fields.text(name));
    let form = BulkForm { promised, contact, plan, troubles: Troubles::default() };
    Many { cases, out, beyond: fields.text("beyond").parse().unwrap_or_default(), form, ..of_pairs(pairs) }
}

/// Something near: it is seen before anything goes.
fn first_promise(asked: &Asked) -> Result<String, Refusal> {
    Ok(typed_moment(near(asked.state.console.clock.now()), &Context::of(asked)?.zone))
}

/// The error is what was mistyped.
fn wish(many: &Many, context: &Context) -> Result<BulkWish, Troubles> {
    let promised_at =
        moment(&many.form.promised, &context.zone).map_err(|why| Troubles::default().and("promised", why))?;
    let BulkForm { plan, contact, .. } = &many.form;
    let filled = Filled { plan: plan.clone(), promised_at, contact: contact.clone() };
    Ok(BulkWish { cases: many.wanted(), purpose: many.purpose, filled })
}

/// The most urgent that the filter has.
async fn found(asked: &Asked, context: &Context, filter: &Filter) -> Result<(Vec<CaseId>, usize), Refusal> {
    let (mut cases, mut matching) = (Vec::new(), 0);
    for page in 0..MOST.div_ceil(ON_A_PAGE as usize) as u32 {
        let board = asked.state.cases.board(&context.see, context.personal.as_ref(), filter, page).await?;
        matching = board.matching;
        let is_last = board.rows.len() < ON_A_PAGE as usize;
        cases.extend(board.rows.into_iter().map(|row| row.case.id));
        if is_last {
            break;
        }
    }
    cases.truncate(MOST);
    let beyond = matching.saturating_sub(cases.len());
    Ok((cases, beyond))
}

async fn draw(asked: &Asked, status: StatusCode, many: Many) -> Result<Response, Refusal> {
    let (work, personal) = permits(asked)?;
    let context = Context::of(asked)?;
    let mut many = many;
    let mut status = status;
    if many.cases.is_empty() && many.problem.is_none() {
        (many.cases, many.beyond) = found(asked, &context, &many.filter).await?;
    }
    let wish = match wish(&many, &context) {
        Ok(wish) => wish,
        Err(mistyped) => {
            if many.form.troubles.is_empty() {
                (many.form.troubles, status) = (mistyped, StatusCode::UNPROCESSABLE_ENTITY);
            }
            // Everybody is shown all the same.
            let filled = Filled {
                plan: many.form.plan.clone(),
                contact: many.form.contact.clone(),
                promised_at: None,
            };
            BulkWish { cases: many.wanted(), purpose: many.purpose, filled }
        }
    };
    let bulk = match asked.state.notices.list(&work, &personal, &wish).await {
        Ok(bulk) => bulk,
        Err(why @ NoticeRefused::TooMany(_)) => {
            many.problem = Some(why.to_string());
            Bulk { rows: Vec::new(), ready: 0, seen: String::new(), now: context.now }
        }
        Err(why) => return Err(refused(why)),
    };
    let by_hand = left_out(asked, &context, &many.out).await?;
    let view = view(asked, &context, many, bulk, by_hand);
    Ok(asked.page(status, bulk_page(&asked.shell(), &view)))
}

/// Whom somebody left out; nothing of what they would read is looked at.
async fn left_out(asked: &Asked, context: &Context, out: &[CaseId]) -> Result<Vec<LeftOut>, Refusal> {
    let mut cases = asked.state.cases.several(&context.see, out).await?;
    cases.sort_by_key(|stored| out.iter().position(|id| *id == stored.case.id));
    let row = |stored: &Stored| LeftOut {
        case: stored.case.id.to_string(),
        title: wording::title(&stored.case, &context.assumed, context.now),
        why: "Left out here; other presses are not touched by that.".to_owned(),
        by_hand: true,
    };
    Ok(cases.iter().map(row).collect())
}

fn view(asked: &Asked, context: &Context, many: Many, bulk: Bulk, by_hand: Vec<LeftOut>) -> BulkView {
    let missing = missing(&bulk);
    let (mut ready, mut left_out) = (Vec::new(), by_hand);
    for row in bulk.rows {
        let case = row.stored.case.id.to_string();
        let title = wording::title(&row.stored.case, &context.assumed, context.now);
        match row.ready {
            Err(why) => left_out.push(LeftOut { case, title, why, by_hand: false }),
            Ok((to, letter)) => {
                let Some(to) = addresses(&[to], Way::Mail, false).pop() else { continue };
                ready.push(BulkRow {
                    case,
                    title,
                    to,
                    language: letter.language.label().to_owned(),
                    no_text_in: row.no_text_in.map(|language| language.label().to_owned()),
                    letter: LetterWords::of(&letter),
                });
            }
        }
    }
    BulkView {
        frames: asked.state.console.now_page().frames,
        now: context.now,
        filter: many.filter,
        variables: variables(asked, many.purpose),
        missing,
        purpose: many.purpose,
        cases: many.cases.iter().map(ToString::to_string).collect(),
        out: many.out.iter().map(ToString::to_string).collect(),
        ready,
        left_out,
        beyond: many.beyond,
        form: many.form,
        seen: bulk.seen,
        changed: many.changed,
        problem: many.problem,
        zone: context.zone.iana_name().unwrap_or("UTC").to_owned(),
    }
}

/// What one value fills for everybody, in the texts of this purpose.
fn variables(asked: &Asked, purpose: Purpose) -> Vec<Variable> {
    let templates = asked.state.notices.templates();
    let of_purpose = templates.iter().filter(|template| template.purpose == purpose);
    let mut named: Vec<Variable> = of_purpose.flat_map(|template| template.variables()).collect();
    named.retain(|variable| matches!(variable, Variable::PromisedTime | Variable::Contact | Variable::Plan));
    named.sort_unstable();
    named.dedup();
    named
}

/// Of these, what keeps somebody back because nobody has said it.
fn missing(bulk: &Bulk) -> Vec<Variable> {
    let kept_back = |variable: &Variable| {
        bulk.rows.iter().filter_map(|row| row.ready.as_ref().err()).any(|why| {
            why.strip_prefix("Not known yet: ").is_some_and(|rest| {
                rest.trim_end_matches('.').split(", ").any(|word| word == variable.word())
            })
        })
    };
    [Variable::PromisedTime, Variable::Contact, Variable::Plan].into_iter().filter(kept_back).collect()
}
