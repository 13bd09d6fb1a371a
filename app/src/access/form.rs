//! The parts of a form: a field with its label, hint and trouble, and what stands above all fields.

use leptos::prelude::*;

/// What was refused: a sentence for each field by its name, and one for the whole form under the empty name.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Troubles(Vec<(String, String)>);

impl Troubles {
    #[must_use]
    pub fn and(mut self, field: impl Into<String>, sentence: impl Into<String>) -> Troubles {
        self.0.push((field.into(), sentence.into()));
        self
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is said of a field.
    pub fn of(&self, field: &str) -> Option<String> {
        self.0.iter().find(|(own, _)| own == field).map(|(_, sentence)| sentence.clone())
    }

    /// Whether this is the first field of them, where reading on begins.
    fn begin_at(&self, field: &str) -> bool {
        self.0.iter().find(|(own, _)| !own.is_empty()).is_some_and(|(own, _)| own == field)
    }

    /// What is said above the fields.
    pub(crate) fn above(&self) -> Option<AnyView> {
        self.of("").map(trouble)
    }
}

/// One line of typing with everything that belongs to it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Field {
    name: String,
    id: String,
    label: String,
    kind: &'static str,
    value: Option<String>,
    hint: Option<String>,
    trouble: Option<String>,
    autocomplete: Option<&'static str>,
    list: Option<&'static str>,
    earliest: Option<String>,
    latest: Option<String>,
    numeric: bool,
    literal: bool,
    readonly: bool,
    optional: bool,
    focus: bool,
}

impl Field {
    pub(crate) fn text(name: impl Into<String>, label: impl Into<String>) -> Field {
        let name = name.into();
        Field { id: name.clone(), name, label: label.into(), kind: "text", ..Field::default() }
    }

    pub(crate) fn email(name: impl Into<String>, label: impl Into<String>) -> Field {
        Field { kind: "email", literal: true, ..Field::text(name, label) }
    }

    /// Has no value, ever.
    pub(crate) fn password(name: &'static str, label: &'static str, autocomplete: &'static str) -> Field {
        Field { kind: "password", autocomplete: Some(autocomplete), ..Field::text(name, label) }
    }

    /// Six digits of an app. Has no value, ever.
    pub(crate) fn code(name: &'static str, label: &'static str) -> Field {
        Field {
            numeric: true,
            literal: true,
            autocomplete: Some("one-time-code"),
            ..Field::text(name, label)
        }
    }

    pub(crate) fn date(name: &'static str, label: &'static str, earliest: String, latest: String) -> Field {
        Field { kind: "date", earliest: Some(earliest), latest: Some(latest), ..Field::text(name, label) }
    }

    /// A day and a time of it, as a browser offers it: "2026-11-24T02:56".
    pub(crate) fn moment(name: impl Into<String>, label: impl Into<String>) -> Field {
        Field { kind: "datetime-local", ..Field::text(name, label) }
    }

    /// Any day.
    pub(crate) fn day(name: impl Into<String>, label: impl Into<String>) -> Field {
        Field { kind: "date", ..Field::text(name, label) }
    }

    /// A time of the day.
    pub(crate) fn time(name: impl Into<String>, label: impl Into<String>) -> Field {
        Field { kind: "time", ..Field::text(name, label) }
    }

    /// A whole number in these bounds.
    pub(crate) fn number(
        name: impl Into<String>,
        label: impl Into<String>,
        (least, most): (i64, i64),
    ) -> Field {
        let (earliest, latest) = (Some(least.to_string()), Some(most.to_string()));
        Field { kind: "number", numeric: true, earliest, latest, ..Field::text(name, label) }
    }

    /// Keeps ids apart where a page has several forms.
    pub(crate) fn inside(self, form: &str) -> Field {
        Field { id: format!("{form}-{}", self.name), ..self }
    }

    pub(crate) fn value(self, value: impl Into<String>) -> Field {
        Field { value: Some(value.into()), ..self }
    }

    pub(crate) fn hint(self, hint: impl Into<String>) -> Field {
        Field { hint: Some(hint.into()), ..self }
    }

    pub(crate) fn trouble(self, trouble: Option<String>) -> Field {
        Field { trouble, ..self }
    }

    /// With what is said of it; the first that was refused is where typing starts again.
    pub(crate) fn refused(self, troubles: &Troubles) -> Field {
        let focus = self.focus || troubles.begin_at(&self.name);
        Field { trouble: troubles.of(&self.name), focus, ..self }
    }

    pub(crate) fn autocomplete(self, autocomplete: &'static str) -> Field {
        Field { autocomplete: Some(autocomplete), ..self }
    }

    pub(crate) fn list(self, list: &'static str) -> Field {
        Field { list: Some(list), ..self }
    }

    /// Typed letter by letter: nothing corrects it.
    pub(crate) fn literal(self) -> Field {
        Field { literal: true, ..self }
    }

    pub(crate) fn readonly(self) -> Field {
        Field { readonly: true, ..self }
    }

    /// May be left empty.
    pub(crate) fn optional(self) -> Field {
        Field { optional: true, ..self }
    }

    /// Where typing starts.
    pub(crate) fn focus(self, focus: bool) -> Field {
        Field { focus, ..self }
    }

    pub(crate) fn draw(self) -> AnyView {
        let Field { id, .. } = &self;
        let hint_id = self.hint.is_some().then(|| format!("{id}-hint"));
        let trouble_id = self.trouble.is_some().then(|| format!("{id}-trouble"));
        let described = described(&hint_id, &trouble_id);
        view! {
            <div class="field">
                <label for=self.id.clone()>{self.label}</label>
                {self.hint.map(|hint| view! { <p class="hint" id=hint_id>{hint}</p> })}
                <input
                    id=self.id
                    name=self.name
                    type=self.kind
                    value=self.value
                    autocomplete=self.autocomplete
                    list=self.list
                    min=self.earliest
                    max=self.latest
                    inputmode=self.numeric.then_some("numeric")
                    autocapitalize=self.literal.then_some("none")
                    spellcheck=self.literal.then_some("false")
                    required=!self.optional
                    readonly=self.readonly
                    autofocus=self.focus
                    aria-describedby=described
                    aria-invalid=self.trouble.is_some().then_some("true")
                />
                {self.trouble.map(|trouble| field_trouble(trouble_id, trouble))}
            </div>
        }
        .into_any()
    }
}

/// What can be chosen, as it is sent and as it is read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Choice {
    pub value: String,
    pub label: String,
}

/// One of a few, in a list that opens.
pub(crate) fn select(
    id: String,
    name: String,
    label: impl Into<String>,
    chosen: &str,
    choices: &[Choice],
    hint: Option<&'static str>,
    trouble: Option<String>,
) -> AnyView {
    let hint_id = hint.map(|_| format!("{id}-hint"));
    let trouble_id = trouble.is_some().then(|| format!("{id}-trouble"));
    let options: Vec<_> = choices
        .iter()
        .map(|choice| {
            let selected = choice.value == chosen;
            view! { <option value=choice.value.clone() selected=selected>{choice.label.clone()}</option> }
        })
        .collect();
    view! {
        <div class="field">
            <label for=id.clone()>{label.into()}</label>
            {hint.map(|hint| view! { <p class="hint" id=hint_id.clone()>{hint}</p> })}
            <select
                id=id
                name=name
                required=true
                aria-describedby=described(&hint_id, &trouble_id)
                aria-invalid=trouble.is_some().then_some("true")
            >
                {options}
            </select>
            {trouble.map(|trouble| field_trouble(trouble_id, trouble))}
        </div>
    }
    .into_any()
}

/// Several lines of typing.
#[derive(Clone, Debug)]
pub(crate) struct Lines {
    pub id: String,
    pub name: &'static str,
    pub label: String,
    pub hint: Option<&'static str>,
    /// Characters.
    pub most: u32,
    pub required: bool,
}

impl Lines {
    /// The only place where such an element is written: its text is escaped here, because the renderer does not do it.
    pub(crate) fn draw(self, value: &str, trouble: Option<String>) -> AnyView {
        let Lines { id, name, label, hint, most, required } = self;
        let escaped = value.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let hint_id = hint.map(|_| format!("{id}-hint"));
        let trouble_id = trouble.is_some().then(|| format!("{id}-trouble"));
        let field = leptos::html::textarea()
            .id(id.clone())
            .name(name)
            .rows(2)
            .maxlength(i64::from(most))
            .required(required)
            .attr("aria-describedby", described(&hint_id, &trouble_id))
            .attr("aria-invalid", trouble.is_some().then_some("true"))
            .inner_html(escaped);
        view! {
            <div class="field">
                <label for=id>{label}</label>
                {hint.map(|hint| view! { <p class="hint" id=hint_id>{hint}</p> })}
                {field}
                {trouble.map(|trouble| field_trouble(trouble_id, trouble))}
            </div>
        }
        .into_any()
    }
}

fn described(hint: &Option<String>, trouble: &Option<String>) -> Option<String> {
    let both: Vec<&str> = [hint, trouble].into_iter().flatten().map(String::as_str).collect();
    (!both.is_empty()).then(|| both.join(" "))
}

/// Beside its field.
pub(crate) fn field_trouble(id: Option<String>, sentence: String) -> AnyView {
    view! { <p class="field-trouble" id=id>{sign()}<span>{sentence}</span></p> }.into_any()
}

/// Above all fields.
pub(crate) fn trouble(sentence: String) -> AnyView {
    view! { <div class="said" data-part="trouble" role="alert">{sign()}<p>{sentence}</p></div> }.into_any()
}

/// What was done, at the top of the page that it led to.
pub(crate) fn done(sentence: String) -> AnyView {
    view! { <div class="said" data-part="done" role="status">{tick()}<p>{sentence}</p></div> }.into_any()
}

/// An exclamation mark in a ring; without a colour, because colour means a level.
fn sign() -> impl IntoView {
    view! {
        <svg viewBox="0 0 20 20" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round">
            <circle cx="10" cy="10" r="8"></circle>
            <path d="M10 5.5v5.5M10 14.2v.1"></path>
        </svg>
    }
}

fn tick() -> impl IntoView {
    view! {
        <svg viewBox="0 0 20 20" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">
            <circle cx="10" cy="10" r="8"></circle>
            <path d="M6.2 10.4l2.6 2.6 5-5.6"></path>
        </svg>
    }
}
