//! `/crises`: the board. Its filters stand in the address. What is looked for comes by `POST` and is no part of it: a name would
//! stand in histories, proxies and logs. A number stands for it, so that one can go back to what was found.

use app::crises::{
    BoardView, SEARCH, board_address, board_fragment, board_page, board_standing_fragment, found_address,
    now_fragment,
};
use axum::{
    Form,
    extract::{Path, RawQuery},
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};
use backend::crises::ON_A_PAGE;
use domain::crises::Filter;

use super::{Context, for_now};
use crate::access::{
    asked::{Asked, Refusal, see},
    form::Fields,
};

/// The fields of its form.
pub const FILTER: [&str; 6] = ["type", "state", "mine", "untold", "late", "text"];

/// Said after an old address that had a name in it.
const UNSEARCHED: &str = "unsearched";
const FORGOTTEN: &str = "What was looked for is not kept any more. Type it again.";
const NOT_IN_AN_ADDRESS: &str = "What that address looked for is not taken from it: addresses stand in histories and logs. \
                                 Type it into the field below.";

/// What the page says beside what is stored.
#[derive(Default)]
pub(super) struct Saying {
    pub asked_for: AskedFor,
    pub done: Option<String>,
    pub refused: Option<String>,
}

pub(super) async fn show(asked: Asked, RawQuery(query): RawQuery) -> Response {
    asked
        .answer(|asked| async move {
            let query = query.unwrap_or_default();
            if let Some(address) = without_text(&query) {
                return Ok(see(&address));
            }
            let saying = of_search(&asked, &query)?;
            draw(&asked, StatusCode::OK, saying).await
        })
        .await
}

/// `POST`: what is looked for is kept under a number, and leads to an address with that.
pub(super) async fn find(asked: Asked, Form(fields): Form<Fields>) -> Response {
    asked
        .answer(|asked| async move {
            let asked_for = of_form(&fields);
            if asked_for.problem.is_none() {
                let AskedFor { filter, page, .. } = &asked_for;
                let Some(text) = &filter.text else { return Ok(see(&board_address(filter, *page))) };
                let id = asked.state.searches.keep(&asked.viewer()?.person, text);
                return Ok(see(&found_address(filter, *page, id)));
            }
            draw(&asked, StatusCode::OK, Saying { asked_for, ..Saying::default() }).await
        })
        .await
}

/// Where an address leads that still has what is looked for in it, as they once were: to the same board, which says so.
pub fn without_text(query: &str) -> Option<String> {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap_or_default();
    let looks_for = pairs.iter().find(|(name, _)| name == "text").map(|(_, value)| value.trim())?;
    let done = (!looks_for.is_empty()).then_some(("done", UNSEARCHED));
    let kept = pairs.iter().filter(|(name, _)| FILTER.contains(&name.as_str()) && name != "text");
    let kept = kept.map(|(name, value)| (name.as_str(), value.as_str())).chain(done);
    let query = serde_urlencoded::to_string(kept.collect::<Vec<_>>()).unwrap_or_default();
    Some(if query.is_empty() { "/crises".to_owned() } else { format!("/crises?{query}") })
}

/// `GET /crises/part/{part}`: the board alone, or what Now has of it, for a page that draws it anew.
pub(super) async fn part(asked: Asked, Path(part): Path<String>, RawQuery(query): RawQuery) -> Response {
    asked
        .answer(|asked| async move {
            match part.as_str() {
                part @ ("board" | "standing") => {
                    let asked_for = of_address(&query.unwrap_or_default());
                    let (view, _) = view(&asked, Saying { asked_for, ..Saying::default() }).await?;
                    let draw = if part == "board" { board_fragment } else { board_standing_fragment };
                    Ok(Html(draw(&view)).into_response())
                }
                "now" => {
                    let cases = for_now(&asked)
                        .await
                        .map_err(|_| Refusal::Inside("the most urgent cases cannot be read".to_owned()))?;
                    Ok(Html(now_fragment(&cases)).into_response())
                }
                _ => Err(Refusal::NotFound),
            }
        })
        .await
}

pub(super) async fn draw(asked: &Asked, status: StatusCode, saying: Saying) -> Result<Response, Refusal> {
    let (view, is_understood) = view(asked, saying).await?;
    let status = if status == StatusCode::OK && !is_understood { StatusCode::BAD_REQUEST } else { status };
    Ok(asked.page(status, board_page(&asked.shell(), &view)))
}

/// What somebody wants to see: the filter, which page, and what was done on the way here.
#[derive(Default)]
pub(super) struct AskedFor {
    filter: Filter,
    /// What is looked for, as it was typed.
    typed: String,
    page: u32,
    done: String,
    problem: Option<String>,
}

/// An address, with what was looked for where it names a search.
fn of_search(asked: &Asked, query: &str) -> Result<Saying, Refusal> {
    let mut pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap_or_default();
    let Some(at) = pairs.iter().position(|(name, _)| name == SEARCH) else {
        return Ok(Saying { asked_for: read(&pairs), ..Saying::default() });
    };
    let (_, id) = pairs.remove(at);
    let Some(text) = asked.state.searches.of(&asked.viewer()?.person, &id) else {
        let refused = Some(FORGOTTEN.to_owned());
        return Ok(Saying { asked_for: read(&pairs), refused, ..Saying::default() });
    };
    pairs.push(("text".to_owned(), text.clone()));
    Ok(Saying { asked_for: AskedFor { typed: text, ..read(&pairs) }, ..Saying::default() })
}

/// As the address is written. What it looks for is left out.
fn of_address(query: &str) -> AskedFor {
    let mut pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap_or_default();
    pairs.retain(|(name, _)| name != "text" && name != SEARCH);
    read(&pairs)
}

/// As its form was sent.
fn of_form(fields: &Fields) -> AskedFor {
    let pairs: Vec<(String, String)> = FILTER
        .into_iter()
        .chain(["page"])
        .filter(|name| fields.has(name))
        .map(|name| (name.to_owned(), fields.text(name)))
        .collect();
    AskedFor { typed: fields.text("text"), ..read(&pairs) }
}

fn read(pairs: &[(String, String)]) -> AskedFor {
    let first = |name: &str| pairs.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str());
    let of_the_filter = pairs.iter().filter(|(name, _)| !matches!(name.as_str(), "page" | "done"));
    let filter = Filter::parse(of_the_filter.map(|(name, value)| (name.as_str(), value.as_str())));
    let (filter, mut problem) = match filter {
        Ok(filter) => (filter, None),
        Err(why) => (Filter::default(), Some(why.to_string())),
    };
    let page = match first("page").map(str::parse) {
        None => 0,
        Some(Ok(page)) => page,
        Some(Err(_)) => {
            problem.get_or_insert_with(|| "The page in the address is no number.".to_owned());
            0
        }
    };
    let done = first("done").unwrap_or_default().to_owned();
    AskedFor { filter, typed: String::new(), page, done, problem }
}

/// Whether the address was understood stands beside it.
async fn view(asked: &Asked, saying: Saying) -> Result<(BoardView, bool), Refusal> {
    let AskedFor { filter, typed, page, done, problem } = saying.asked_for;
    let context = Context::of(asked)?;
    let cases = &asked.state.cases;
    let (urgent, counts) = cases.most_urgent(&context.see, ON_A_PAGE).await?;
    let (rows, found, locked) = match &problem {
        Some(_) => (Vec::new(), 0, None),
        None => {
            let board = cases.board(&context.see, context.personal.as_ref(), &filter, page).await?;
            let rows = board.rows.iter().map(|stored| context.row(stored)).collect();
            (rows, i64::try_from(board.matching).unwrap_or(i64::MAX), board.not_searched)
        }
    };
    let is_understood = problem.is_none();
    let mut standing = context.standing(counts, &urgent);
    if standing.open == 0 {
        let last = cases.last_resolved().await?;
        standing.last_resolved = last.map(|at| app::weekday(at, context.now, &context.zone));
    }
    let view = BoardView {
        frames: asked.state.console.now_page().frames,
        now: context.now,
        standing,
        rows,
        found,
        page,
        on_a_page: ON_A_PAGE,
        filter,
        typed,
        types: cases.types().iter().map(|of| (of.key.to_string(), of.name.clone())).collect(),
        problem,
        locked,
        rights: context.rights,
        done: saying.done.or_else(|| (done == "acknowledge").then(|| "It is yours now.".to_owned())),
        refused: saying.refused.or_else(|| (done == UNSEARCHED).then(|| NOT_IN_AN_ADDRESS.to_owned())),
    };
    Ok((view, is_understood))
}
