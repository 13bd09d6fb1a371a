//! `GET /crises/figures`: the cases of each month in numbers.

use app::crises::{FiguresView, MonthView, figures_page};
use axum::{http::StatusCode, response::Response};

use super::Context;
use crate::access::asked::Asked;

pub(super) async fn show(asked: Asked) -> Response {
    asked
        .answer(|asked| async move {
            let context = Context::of(&asked)?;
            let cases = &asked.state.cases;
            let months = cases.figures(&context.see, &context.zone).await?;
            // A type that the configuration has no more is called by its key.
            let name =
                |key: &str| cases.types().get(key).map_or_else(|| key.to_owned(), |of| of.name.clone());
            let view = FiguresView {
                frames: asked.state.console.now_page().frames,
                now: context.now,
                months: months.iter().map(|month| MonthView::of(month, name)).collect(),
            };
            Ok(asked.page(StatusCode::OK, figures_page(&asked.shell(), &view)))
        })
        .await
}
