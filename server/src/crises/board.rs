//! `GET /crises`: the board.

use app::crises::{BoardView, board_fragment, board_page, now_fragment};
use axum::{
    extract::{Path, RawQuery},
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};
use backend::crises::ON_A_PAGE;
use domain::crises::Filter;

use super::{Context, for_now};
use crate::access::asked::{Asked, Refusal};

/// What the page says beside what is stored.
#[derive(Default)]
pub(super) struct Saying {
    pub query: String,
    pub done: Option<String>,
    pub refused: Option<String>,
}

pub(super) async fn show(asked: Asked, RawQuery(query): RawQuery) -> Response {
    asked
        .answer(|asked| async move {
            let query = query.unwrap_or_default();
            draw(&asked, StatusCode::OK, Saying { query, ..Saying::default() }).await
        })
        .await
}

/// `GET /crises/part/{part}`: the board alone, or what Now has of it, for a page that draws it anew.
pub(super) async fn part(asked: Asked, Path(part): Path<String>, RawQuery(query): RawQuery) -> Response {
    asked
        .answer(|asked| async move {
            match part.as_str() {
                "board" => {
                    let query = query.unwrap_or_default();
                    let (view, _) = view(&asked, Saying { query, ..Saying::default() }).await?;
                    Ok(Html(board_fragment(&view)).into_response())
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

/// The address as it is written: the filter, which page, and what was done on the way here.
struct Address {
    filter: Filter,
    page: u32,
    done: String,
    problem: Option<String>,
}

fn read(query: &str) -> Address {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap_or_default();
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
    Address { filter, page, done: first("done").unwrap_or_default().to_owned(), problem }
}

/// Whether the address was understood stands beside it.
async fn view(asked: &Asked, saying: Saying) -> Result<(BoardView, bool), Refusal> {
    let Address { filter, page, done, problem } = read(&saying.query);
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
        types: cases.types().iter().map(|of| (of.key.to_string(), of.name.clone())).collect(),
        problem,
        locked,
        rights: context.rights,
        done: saying.done.or_else(|| (done == "acknowledge").then(|| "It is yours now.".to_owned())),
        refused: saying.refused,
    };
    Ok((view, is_understood))
}
