//! `bellwether policy eval`: worked cases in, the same rows with their level and its reason out.

use std::io::{self, BufRead, BufReader, Read, Write};

use csv::{ReaderBuilder, StringRecord, Writer};
use domain::monitoring::{
    Level, Metric,
    policy_cases::{self, Case, CaseError},
};

const COLUMNS: [&str; 5] = ["metric", "normal", "value", "wedding_affected", "minutes_past_alert_line"];

/// Why the evaluation ended early. Rows before the line were written.
#[derive(Debug, thiserror::Error)]
pub enum PolicyEvalError {
    #[error("line 1: there is no column {missing:?}; expected {}", COLUMNS.join(", "))]
    Column { missing: &'static str },
    #[error("line {line}: {why}")]
    Row { line: u64, why: CaseError },
    #[error("line {line}: {fields} fields, expected {expected} as in the first line")]
    Length { line: u64, fields: usize, expected: usize },
    #[error("line {line}: cannot be read: {why}")]
    Read { line: u64, why: io::Error },
    #[error("cannot be written: {0}")]
    Write(csv::Error),
}

/// Reads CSV with a header whose columns may stand in any order, others among them, and writes each row as it came with
/// `level` (0 to 4) and `why` after it. Streams: nothing but one row is held.
///
/// # Errors
/// At the first row that cannot be read, with its line; at a missing column; when reading or writing fails.
pub fn run(input: impl Read, output: impl Write, metrics: &[Metric]) -> Result<(), PolicyEvalError> {
    let mut rows = Rows { input: BufReader::new(input), line: 0 };
    let mut writer = Writer::from_writer(output);
    let header = rows.next()?.map(|(_, header)| header).unwrap_or_default();
    let mut columns = [0; COLUMNS.len()];
    for (column, name) in columns.iter_mut().zip(COLUMNS) {
        let found = header.iter().position(|field| field.trim() == name);
        *column = found.ok_or(PolicyEvalError::Column { missing: name })?;
    }
    write(&mut writer, &header, "level", "why")?;
    while let Some((line, row)) = rows.next()? {
        if row.len() != header.len() {
            return Err(PolicyEvalError::Length { line, fields: row.len(), expected: header.len() });
        }
        let [metric, normal, value, wedding_affected, minutes_past_alert_line] =
            columns.map(|column| row.get(column).unwrap_or_default());
        let case = Case { metric: metric.trim(), normal, value, wedding_affected, minutes_past_alert_line };
        let verdict = policy_cases::eval(metrics, &case).map_err(|why| PolicyEvalError::Row { line, why })?;
        let level = verdict.level.map_or(0, Level::number).to_string();
        write(&mut writer, &row, &level, &verdict.why)?;
    }
    writer.flush().map_err(|error| PolicyEvalError::Write(error.into()))
}

/// The rows, each with the line on which it begins. The csv reader itself gives a row the line of the blank lines
/// before it, and a person would look in the wrong place.
struct Rows<R> {
    input: BufReader<R>,
    line: u64,
}

impl<R: Read> Rows<R> {
    fn next(&mut self) -> Result<Option<(u64, StringRecord)>, PolicyEvalError> {
        let (mut text, mut begins) = (String::new(), self.line + 1);
        loop {
            let read = self.input.read_line(&mut text);
            self.line += 1;
            let ended = read.map_err(|why| PolicyEvalError::Read { line: self.line, why })? == 0;
            // A line break inside quotes belongs to the row.
            let whole = text.matches('"').count() % 2 == 0;
            if text.trim().is_empty() {
                if ended {
                    return Ok(None);
                }
                (text, begins) = (String::new(), self.line + 1);
            } else if ended || whole {
                break;
            }
        }
        // A file written by a spreadsheet may begin with a byte order mark.
        let text = text.trim_start_matches('\u{feff}');
        let mut reader = ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
        let mut row = StringRecord::new();
        match reader.read_record(&mut row) {
            Ok(_) => Ok(Some((begins, row))),
            Err(why) => Err(PolicyEvalError::Read { line: begins, why: why.into() }),
        }
    }
}

fn write(
    writer: &mut Writer<impl Write>,
    row: &StringRecord,
    level: &str,
    why: &str,
) -> Result<(), PolicyEvalError> {
    writer.write_record(row.iter().chain([level, why])).map_err(PolicyEvalError::Write)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::monitoring::metric::defaults;

    const CASES: &str = include_str!("../../../domain/src/monitoring/worked_cases.csv");

    fn eval(input: &str) -> (String, Result<(), String>) {
        let mut output = Vec::new();
        let done = run(input.as_bytes(), &mut output, &defaults());
        (String::from_utf8(output).unwrap(), done.map_err(|error| error.to_string()))
    }

    #[test]
    fn every_worked_case_gets_its_level() {
        let (output, done) = eval(CASES);
        assert_eq!(done, Ok(()));
        assert_eq!(output.lines().count(), CASES.lines().count());
        let mut rows = csv::Reader::from_reader(output.as_bytes());
        assert_eq!(
            rows.headers().unwrap().iter().skip(5).collect::<Vec<_>>(),
            ["expected_level", "level", "why"]
        );
        for row in rows.records().map(Result::unwrap) {
            assert_eq!(row[5], row[6], "{row:?}");
            assert!(!row[7].is_empty(), "{row:?}");
        }
    }

    #[test]
    fn columns_may_stand_in_any_order_and_the_last_is_optional() {
        let (output, done) = eval(
            "value,minutes_past_alert_line,note,wedding_affected,normal,metric\n15001,0,\"a, b\",yes,,response_time_ms\n",
        );
        assert_eq!(done, Ok(()));
        let row = output.lines().nth(1).unwrap();
        assert!(row.starts_with("15001,0,\"a, b\",yes,,response_time_ms,4,"), "{row}");
    }

    #[track_caller]
    fn refused(rows: &str, expected: &str) {
        let header = "metric,normal,value,wedding_affected,minutes_past_alert_line\n";
        assert_eq!(eval(&format!("{header}{rows}")).1, Err(expected.to_owned()));
    }

    #[test]
    fn an_unreadable_row_is_named_by_its_line() {
        let good = "queue_length,3,3,no,0\n";
        refused(&format!("{good}queue_length,3,many,no,0\n"), "line 3: value is \"many\", expected a number");
        refused(&format!("{good}\naccuracy_rate,0.9,1.7,no,0"), "line 4: value 1.7 is above 1");
        refused("queue_length,3\n", "line 2: 2 fields, expected 5 as in the first line");
        refused(
            "queue_length,3,\"3\n\",no,0\nqueue_length,3,x,no,0\n",
            "line 4: value is \"x\", expected a number",
        );
        assert_eq!(
            eval("metric,normal,value\n").1,
            Err("line 1: there is no column \"wedding_affected\"; expected metric, normal, value, wedding_affected, \
                 minutes_past_alert_line"
                .to_owned())
        );
        assert!(eval("").1.unwrap_err().contains("no column \"metric\""));
    }
}
