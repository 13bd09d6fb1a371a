//! The SQL of the board. It sorts and counts by the columns of one index, and reads no document.

use domain::{
    crises::States,
    time::{HOUR, Millis},
};
use sqlx::AssertSqlSafe;

use super::Counts;
use crate::db::{DbError, Tx};

/// A celebration goes on for so long after its ceremony has begun, as the rules of `domain` have it.
const GOES_ON: i64 = 12 * HOUR;

/// What the board is asked for.
#[derive(Default)]
pub struct Wanted {
    pub of: Option<String>,
    pub states: States,
    pub holder: Option<String>,
    pub untold: bool,
    pub late: bool,
    /// Ceremonies from the first of these moments until before the second.
    pub ceremony: Option<(Millis, Millis)>,
    /// Part of a case's number.
    pub number: Option<String>,
    /// Besides those with the number: those that have all tokens of one of these.
    pub finds: Vec<Vec<String>>,
    pub now: Millis,
}

enum Value {
    Text(String),
    Number(i64),
}

/// The conditions, with what stands at their places.
struct Matching {
    conditions: Vec<String>,
    values: Vec<Value>,
}

impl Matching {
    fn of(wanted: &Wanted) -> Matching {
        let mut matching = Matching { conditions: vec!["1 = 1".to_owned()], values: Vec::new() };
        match wanted.states {
            States::All => {}
            States::Open => matching.conditions.push("open = 1".to_owned()),
            state => {
                let is_open = matches!(state, States::Detected | States::Acknowledged | States::Working);
                // Said twice, so that the index finds it.
                matching.conditions.push(format!("open = {}", i64::from(is_open)));
                matching.text("state =", state.word());
            }
        }
        if let Some(of) = &wanted.of {
            matching.text("type =", of);
        }
        if let Some(holder) = &wanted.holder {
            matching.text("holder =", holder);
        }
        if wanted.untold {
            let place = matching.place(Value::Number(wanted.now.0));
            matching.conditions.push(format!("untold_at <= {place}"));
        }
        if wanted.late {
            let place = matching.place(Value::Number(wanted.now.0));
            matching.conditions.push(format!("late_at <= {place}"));
        }
        if let Some((from, to)) = wanted.ceremony {
            let (from, to) = (matching.place(Value::Number(from.0)), matching.place(Value::Number(to.0)));
            matching.conditions.push(format!("ceremony_at >= {from} AND ceremony_at < {to}"));
        }
        if let Some(number) = &wanted.number {
            matching.search(number, &wanted.finds);
        }
        matching
    }

    fn search(&mut self, number: &str, finds: &[Vec<String>]) {
        let escaped = number.to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        let place = self.place(Value::Text(format!("%{escaped}%")));
        let mut ways = vec![
            format!("id LIKE {place} ESCAPE '\\'"),
            format!("LOWER(platform_id) LIKE {place} ESCAPE '\\'"),
        ];
        for tokens in finds {
            let places: Vec<String> =
                tokens.iter().map(|token| self.place(Value::Text(token.clone()))).collect();
            ways.push(format!(
                "id IN (SELECT crisis FROM crisis_name_index WHERE token IN ({}) GROUP BY crisis
                     HAVING COUNT(*) = {})",
                places.join(", "),
                tokens.len()
            ));
        }
        self.conditions.push(format!("({})", ways.join(" OR ")));
    }

    fn text(&mut self, condition: &str, value: &str) {
        let place = self.place(Value::Text(value.to_owned()));
        self.conditions.push(format!("{condition} {place}"));
    }

    fn place(&mut self, value: Value) -> String {
        self.values.push(value);
        format!("${}", self.values.len())
    }

    fn all(&self) -> String {
        self.conditions.join(" AND ")
    }
}

/// How many there are, and the ids of one page in the order of `domain::crises::board_order`.
pub async fn page(
    tx: &mut Tx,
    wanted: &Wanted,
    most: i64,
    page: i64,
) -> Result<(usize, Vec<String>), DbError> {
    let mut matching = Matching::of(wanted);
    let sql = format!("SELECT COUNT(*) FROM crisis_case WHERE {}", matching.all());
    let mut query = sqlx::query_scalar::<_, i64>(AssertSqlSafe(sql));
    for value in &matching.values {
        query = match value {
            Value::Text(text) => query.bind(text.clone()),
            Value::Number(number) => query.bind(*number),
        };
    }
    let count = query.fetch_one(&mut **tx).await?;
    let all = matching.all();
    let past = matching.place(Value::Number(wanted.now.minus(GOES_ON).0));
    let now = matching.place(Value::Number(wanted.now.0));
    let limit = matching.place(Value::Number(most));
    let offset = matching.place(Value::Number(page.saturating_mul(most)));
    let sql = format!(
        "SELECT id FROM crisis_case WHERE {all}
         ORDER BY open DESC, CASE WHEN ceremony_at < {past} THEN 1 ELSE 0 END, COALESCE(ceremony_at, {now}),
             severity DESC, detected_at, id LIMIT {limit} OFFSET {offset}"
    );
    let mut query = sqlx::query_scalar::<_, String>(AssertSqlSafe(sql));
    for value in &matching.values {
        query = match value {
            Value::Text(text) => query.bind(text.clone()),
            Value::Number(number) => query.bind(*number),
        };
    }
    Ok((usize::try_from(count).unwrap_or_default(), query.fetch_all(&mut **tx).await?))
}

/// Of all that are open; `own` is the person whose cases are theirs.
pub async fn counts(tx: &mut Tx, own: &str, now: Millis) -> Result<Counts, DbError> {
    let (open, nobodys, mine, untold, late): (i64, i64, i64, i64, i64) = sqlx::query_as(
        "SELECT COUNT(*), COUNT(CASE WHEN state = 'detected' THEN 1 END), COUNT(CASE WHEN holder = $1 THEN 1 END),
             COUNT(CASE WHEN untold_at <= $2 THEN 1 END), COUNT(CASE WHEN late_at <= $2 THEN 1 END)
         FROM crisis_case WHERE open = 1",
    )
    .bind(own)
    .bind(now.0)
    .fetch_one(&mut **tx)
    .await?;
    let size = |count: i64| usize::try_from(count).unwrap_or_default();
    Ok(Counts {
        open: size(open),
        nobodys: size(nobodys),
        mine: size(mine),
        untold: size(untold),
        late: size(late),
    })
}
