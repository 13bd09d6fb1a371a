//! `bellwether rotation eval`: a rotation in, who is on call when out.

use std::io::{self, Read, Write};

use csv::Writer;
use domain::{
    oncall::{Document, DocumentError, Shift, Who},
    time::Millis,
};
use jiff::Timestamp;

/// Far more than a rotation of a hundred people with a thousand overrides.
const LONGEST: u64 = 16 * 1024 * 1024;

#[derive(Debug, thiserror::Error)]
pub enum RotationEvalError {
    #[error("--to {to} is not after --from {from}")]
    Range { from: Timestamp, to: Timestamp },
    #[error("cannot be read: {0}")]
    Read(io::Error),
    #[error("the rotation is longer than 16 MiB")]
    TooLong,
    #[error("{0}")]
    Document(#[from] DocumentError),
    #[error("cannot be written: {0}")]
    Write(csv::Error),
}

/// Writes the shifts from `from` to `to` as CSV: `from,to,person`, covering the whole range. Where nobody is on call, the
/// person is empty.
///
/// # Errors
/// When the rotation cannot be, the range is empty, or reading or writing fails.
pub fn run(
    input: impl Read,
    output: impl Write,
    from: Timestamp,
    to: Timestamp,
) -> Result<(), RotationEvalError> {
    if to <= from {
        return Err(RotationEvalError::Range { from, to });
    }
    let mut json = String::new();
    input.take(LONGEST + 1).read_to_string(&mut json).map_err(RotationEvalError::Read)?;
    if json.len() as u64 > LONGEST {
        return Err(RotationEvalError::TooLong);
    }
    // A file written by a spreadsheet or an old editor may begin with a byte order mark.
    let Document { rotation, overrides, left } = Document::parse(json.trim_start_matches('\u{feff}'))?;
    let [begin, end] = [from, to].map(|at| Millis(at.as_millisecond()));
    let mut writer = Writer::from_writer(output);
    writer.write_record(["from", "to", "person"]).map_err(RotationEvalError::Write)?;
    for Shift { from, to, on } in rotation.shifts(&overrides, &left, begin, end) {
        let person = match &on {
            Who::On(person) => person.as_str(),
            Who::Gap(_) => "",
        };
        let row = [moment(from), moment(to), person.to_owned()];
        writer.write_record(row).map_err(RotationEvalError::Write)?;
    }
    writer.flush().map_err(|error| RotationEvalError::Write(error.into()))
}

fn moment(at: Millis) -> String {
    Timestamp::from_millisecond(at.0).map(|at| at.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROTATION: &str = r#"{"zone":"Europe/Stockholm","first_day":"2026-01-05","handover_time":"09:00",
        "length_weeks":1,"people":["a","b","c"],"overrides":[{"from":"2026-03-28T20:00:00Z",
        "to":"2026-03-29T08:00:00Z","person":"b","made_at":"2026-03-01T10:00:00Z"}]}"#;

    fn eval(rotation: &str, from: &str, to: &str) -> (String, Result<(), String>) {
        let mut output = Vec::new();
        let done = run(rotation.as_bytes(), &mut output, from.parse().unwrap(), to.parse().unwrap());
        (String::from_utf8(output).unwrap(), done.map_err(|error| error.to_string()))
    }

    #[test]
    fn the_worked_case_comes_out_to_the_letter() {
        let (output, done) = eval(ROTATION, "2026-03-23T00:00:00Z", "2026-04-07T00:00:00Z");
        assert_eq!(done, Ok(()));
        assert_eq!(
            output,
            "from,to,person\n\
             2026-03-23T00:00:00Z,2026-03-23T08:00:00Z,b\n\
             2026-03-23T08:00:00Z,2026-03-28T20:00:00Z,c\n\
             2026-03-28T20:00:00Z,2026-03-29T08:00:00Z,b\n\
             2026-03-29T08:00:00Z,2026-03-30T07:00:00Z,c\n\
             2026-03-30T07:00:00Z,2026-04-06T07:00:00Z,a\n\
             2026-04-06T07:00:00Z,2026-04-07T00:00:00Z,b\n"
        );
    }

    #[test]
    fn a_gap_has_no_person_and_a_name_cannot_break_the_table() {
        let hostile = ROTATION.replace("[\"a\",\"b\",\"c\"]", r#"["a, \"b\"\nc"]"#);
        let (output, done) = eval(&hostile, "2026-01-05T00:00:00Z", "2026-01-06T00:00:00Z");
        assert_eq!(done, Ok(()));
        let mut rows = csv::Reader::from_reader(output.as_bytes());
        let rows: Vec<_> = rows.records().map(|row| row.unwrap()[2].to_owned()).collect();
        assert_eq!(rows, ["", "a, \"b\"\nc"]);
    }

    #[test]
    fn what_is_wrong_is_said_and_nothing_is_written() {
        let day = ("2026-01-05T00:00:00Z", "2026-01-06T00:00:00Z");
        let (output, done) = eval(&ROTATION.replace("Stockholm", "Atlantis"), day.0, day.1);
        assert!(done.unwrap_err().contains("there is no time zone \"Europe/Atlantis\""));
        assert_eq!(output, "");
        let (_, done) = eval(ROTATION, day.1, day.0);
        assert_eq!(
            done,
            Err("--to 2026-01-05T00:00:00Z is not after --from 2026-01-06T00:00:00Z".to_owned())
        );
    }
}
