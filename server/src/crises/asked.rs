//! Who was asked for the steps of a case, and who else could be.

use app::{
    access::Choice,
    crises::{AskedView, CaseView},
};

use super::Context;
use crate::access::asked::{Asked, Refusal};

/// Puts them beside the steps that ask people.
pub(super) async fn add(asked: &Asked, context: &Context, view: &mut CaseView) -> Result<(), Refusal> {
    if !view.steps.iter().any(|step| step.asks) {
        return Ok(());
    }
    let cases = &asked.state.cases;
    for one in cases.asked_of(&context.see, &view.case.id).await? {
        let Some(step) = view.steps.iter_mut().find(|step| step.key == one.step.as_str()) else { continue };
        step.asked.push(AskedView::of(
            one.name,
            (one.times, one.asked_at, one.until),
            one.answered_at,
            one.trouble,
            context.drawing(),
        ));
    }
    if context.rights.work.is_ok() && view.case.is_open() {
        let all = cases.who_can_be_asked().await?;
        view.askable =
            all.into_iter().map(|somebody| Choice { value: somebody.whom, label: somebody.name }).collect();
    }
    Ok(())
}
