//! Steps that change the platform's database.

use domain::actions::{Answer, Intent, OldValue, PlannedStep, Request, Sighting, SqlName, Step, StepPreview};

use super::{Hands, Progress, answer_of, broken_off, cannot_see, fact};
use crate::connect::{
    failure::Failure,
    postgres::{CleanUp, Cleaned, CleanedEnd, PlatformDatabase},
};

impl Hands {
    fn database(&self) -> Result<&PlatformDatabase, Failure> {
        let missing = "no database is configured for this platform ([platform.postgres])";
        self.database.as_ref().ok_or_else(|| Failure::setup(missing))
    }

    /// The clean-up that the configuration knows by this name.
    fn clean_up(
        &self,
        statement: &SqlName,
        table: &SqlName,
        days: u32,
        batch: u32,
    ) -> Result<CleanUp, Failure> {
        let named = self.old_rows.iter().find(|rows| rows.name == statement.as_str());
        let rows = named.ok_or_else(|| {
            Failure::setup(format!("the configuration has no old rows {statement} ([[platform.old_rows]])"))
        })?;
        if rows.table != table.as_str() {
            return Err(Failure::setup(format!(
                "the old rows {statement} are of {}, not of {table}",
                rows.table
            )));
        }
        let older_than_days =
            u16::try_from(days).map_err(|_| Failure::invalid(format!("{days} days are too many")))?;
        Ok(CleanUp {
            table: rows.table.clone(),
            id: rows.id.clone(),
            status_column: rows.status_column.clone(),
            status: rows.status.clone(),
            age_column: rows.age_column.clone(),
            older_than_days,
            batch,
        })
    }

    pub(super) async fn database_before(
        &self,
        step: &Step,
        preview: &mut StepPreview,
    ) -> Result<(), Failure> {
        let database = self.database()?;
        match step {
            Step::SqlBatchDelete { statement, table, older_than_days, batch } => {
                let what = self.clean_up(statement, table, *older_than_days, *batch)?;
                let count = database.count_old(&what).await?;
                preview.also.push(fact("rows.old", format!("Rows of {table} that would go"), count));
                preview.rests_on.push(fact("rows.status", "Only rows with the status", &what.status));
                preview.requests.push(Request::new("DELETE", table.as_str()).text(&what.preview()?));
            }
            Step::SqlAnalyze { tables } => {
                let mut times = Vec::new();
                for table in tables {
                    let last = database.observe_analyze(table.as_str()).await?;
                    times.push(last.times);
                    let words = match last.at.and_then(|at| jiff::Timestamp::from_millisecond(at.0).ok()) {
                        Some(at) => at.strftime("%Y-%m-%d %H:%M UTC").to_string(),
                        None => "never".to_owned(),
                    };
                    preview.also.push(fact(
                        &format!("analyzed.{table}"),
                        format!("{table} was last analyzed"),
                        words,
                    ));
                    database.may_analyze(table.as_str()).await?;
                }
                preview.old = Some(OldValue::Analyzed { times });
                let statements: Vec<String> =
                    tables.iter().map(|table| format!("ANALYZE {table};")).collect();
                preview
                    .requests
                    .push(Request::new("ANALYZE", "the platform's database").text(&statements.join("\n")));
            }
            _ => return Err(Failure::invalid("not a step of the database")),
        }
        Ok(())
    }

    pub(super) async fn database_apply(&self, step: &Step, _: &PlannedStep, progress: &Progress) -> Answer {
        match self.database_applied(step, progress).await {
            Ok(answer) => answer,
            Err(failure) => answer_of(&failure),
        }
    }

    async fn database_applied(&self, step: &Step, progress: &Progress) -> Result<Answer, Failure> {
        let database = self.database()?;
        match step {
            Step::SqlBatchDelete { statement, table, older_than_days, batch } => {
                let what = self.clean_up(statement, table, *older_than_days, *batch)?;
                let cleaned = database.clean_up(&what, |so_far| {
                    progress.say(format!("{} rows deleted in {} batches", so_far.rows, so_far.batches));
                    !progress.is_stopping()
                });
                Ok(cleaned_answer(&cleaned.await?))
            }
            Step::SqlAnalyze { tables } => {
                for (done, table) in (0..).zip(tables) {
                    if let Err(failure) = database.analyze(table.as_str()).await {
                        return Ok(broken_off(&failure, done, "tables were analyzed"));
                    }
                    progress.say(format!("{} of {} tables analyzed", done + 1, tables.len()));
                }
                Ok(Answer::Done { said: format!("{} tables were analyzed", tables.len()) })
            }
            _ => Err(Failure::invalid("not a step of the database")),
        }
    }

    pub(super) async fn database_sight(&self, step: &Step, intent: Option<&Intent>) -> Sighting {
        match self.database_seen(step, intent).await {
            Ok(sighting) => sighting,
            Err(failure) => cannot_see(&failure),
        }
    }

    async fn database_seen(&self, step: &Step, intent: Option<&Intent>) -> Result<Sighting, Failure> {
        let database = self.database()?;
        Ok(match step {
            Step::SqlBatchDelete { statement, table, older_than_days, batch } => {
                let what = self.clean_up(statement, table, *older_than_days, *batch)?;
                match database.count_old(&what).await? {
                    0 => Sighting::InPlace { said: "no such row is left".to_owned() },
                    left => {
                        Sighting::Partly { said: format!("{left} such rows are there"), left: Some(left) }
                    }
                }
            }
            Step::SqlAnalyze { tables } => {
                let Some(intent) = intent else {
                    return Ok(Sighting::NotYet { said: "it is done anew each time".to_owned() });
                };
                // Counted, and not told by time: that of the database is another clock's.
                let Some(OldValue::Analyzed { times }) = &intent.old else {
                    let why = "how often the tables had been analyzed before is not known".to_owned();
                    return Ok(Sighting::CannotSee { why });
                };
                let mut done = 0;
                for (table, before) in tables.iter().zip(times) {
                    done += usize::from(database.observe_analyze(table.as_str()).await?.times > *before);
                }
                let said = format!("{done} of {} tables have newer statistics", tables.len());
                if done == tables.len() {
                    Sighting::InPlace { said }
                } else {
                    Sighting::Partly { said, left: None }
                }
            }
            _ => Sighting::CannotSee { why: "not a step of the database".to_owned() },
        })
    }
}

fn cleaned_answer(cleaned: &Cleaned) -> Answer {
    let rows = cleaned.so_far.rows;
    match &cleaned.end {
        CleanedEnd::Done => Answer::Done { said: format!("{rows} rows were deleted") },
        CleanedEnd::Stopped => {
            Answer::Partly { said: format!("{rows} rows were deleted before it was stopped") }
        }
        CleanedEnd::Broken(failure) => broken_off(failure, rows, "rows were deleted"),
    }
}
