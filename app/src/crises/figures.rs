//! `/crises/figures`: the cases of each month in numbers.

use std::sync::Arc;

use domain::{
    crises::{Figures, Month, wording::countdown},
    live::Frame,
    time::Millis,
};
use leptos::prelude::*;

use crate::shell::{Place, Shell};

/// The page.
#[derive(Clone, Debug)]
pub struct FiguresView {
    pub frames: Vec<Arc<Frame>>,
    pub now: Millis,
    /// The newest first.
    pub months: Vec<MonthView>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MonthView {
    /// "November 2026"
    pub name: String,
    pub all: FigureRow,
    /// The most frequent first.
    pub by_type: Vec<FigureRow>,
}

/// Some cases of a month, in the words of the table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FigureRow {
    /// "Vendor cancelled", "All"
    pub name: String,
    pub cases: String,
    pub open: String,
    /// "3 of 4"
    pub told: String,
    pub in_time: String,
    /// "4 min"
    pub median: String,
    pub longest: String,
    /// "3 in 2 cases"
    pub late: String,
}

impl MonthView {
    /// `name` says the name of a type by its key.
    pub fn of(month: &Month, name: impl Fn(&str) -> String) -> MonthView {
        MonthView {
            name: month.first.strftime("%B %Y").to_string(),
            all: FigureRow::of("All".to_owned(), &month.all),
            by_type: month.by_type.iter().map(|(of, figures)| FigureRow::of(name(of), figures)).collect(),
        }
    }
}

impl FigureRow {
    fn of(name: String, figures: &Figures) -> FigureRow {
        let span = |span: Option<i64>| span.map_or_else(|| "\u{2013}".to_owned(), countdown);
        let cases = |count: usize| if count == 1 { "1 case".to_owned() } else { format!("{count} cases") };
        FigureRow {
            name,
            cases: figures.cases.to_string(),
            open: figures.open.to_string(),
            told: format!("{} of {}", figures.told, figures.cases),
            in_time: figures.told_in_time.to_string(),
            median: span(figures.median_to_tell),
            longest: span(figures.longest_to_tell),
            late: match figures.late_steps {
                0 => "none".to_owned(),
                late => format!("{late} in {}", cases(figures.with_late)),
            },
        }
    }
}

pub fn figures_page(shell: &Shell, view: &FiguresView) -> String {
    let title = "Crises by month \u{2013} Bellwether";
    shell.page_with_forms(Place::Crises, title, &view.frames, view.now, || {
        let months: Vec<_> = view.months.iter().map(month).collect();
        let body = if months.is_empty() {
            view! {
                <p class="card empty" data-part="empty">
                    "No case in this month or the twelve before it. How long couples waited to be told stands here once there is one."
                </p>
            }
            .into_any()
        } else {
            months.into_any()
        };
        view! {
            <div class="page crises-figures">
                <div class="page-head">
                    <div>
                        <h1>"Crises by month"</h1>
                        <p class="dim">"By the month of the detection. A couple is told in time within 5 minutes of it; doubles are counted once."</p>
                    </div>
                    <p class="links"><a href="/crises">"All crises"</a></p>
                </div>
                {body}
            </div>
        }
    })
}

fn month(month: &MonthView) -> impl IntoView + use<> {
    let id = format!("month-{}", month.name.to_lowercase().replace(' ', "-"));
    let one = month.by_type.len() == 1;
    // Of one type alone the sum says the same.
    let all = (!one).then(|| row(&month.all));
    let rows: Vec<_> = month.by_type.iter().map(row).collect();
    // The roles are said outright because the table is drawn as cards on a phone.
    view! {
        <section class="card" data-part="month" aria-labelledby=id.clone()>
            <h2 id=id.clone()>{month.name.clone()}</h2>
            <table class="list figures" role="table">
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col">"What happened"</th>
                        <th role="columnheader" scope="col">"Cases"</th>
                        <th role="columnheader" scope="col">"Still open"</th>
                        <th role="columnheader" scope="col">"Couple told"</th>
                        <th role="columnheader" scope="col">"In time"</th>
                        <th role="columnheader" scope="col">"Half within"</th>
                        <th role="columnheader" scope="col">"The last after"</th>
                        <th role="columnheader" scope="col">"Late steps"</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{all}{rows}</tbody>
            </table>
        </section>
    }
}

fn row(row: &FigureRow) -> impl IntoView + use<> {
    let cell = |label: &'static str, words: &str| {
        view! { <td role="cell" data-label=label>{words.to_owned()}</td> }
    };
    view! {
        <tr role="row">
            <th role="rowheader" scope="row">{row.name.clone()}</th>
            {cell("Cases", &row.cases)}
            {cell("Still open", &row.open)}
            {cell("Couple told", &row.told)}
            {cell("In time", &row.in_time)}
            {cell("Half within", &row.median)}
            {cell("The last after", &row.longest)}
            {cell("Late steps", &row.late)}
        </tr>
    }
}
