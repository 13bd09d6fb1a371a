//! The letter in full, before it goes.

use domain::{
    crises::Private,
    notices::{Language, Letter, Purpose, Variable, Way, bulk::NotReady},
    time::Millis,
};

use super::{
    NoticeRefused, Notices, Wish,
    composing::{self, Wanted},
    family,
};
use crate::{
    access::{Permit, SeePersonalData, WorkCases},
    audit, crises,
    crises::{covers_all, object},
    db::DbError,
};

/// What somebody sees before they press.
#[derive(Clone, Debug)]
pub struct Preview {
    pub stored: crises::Stored,
    pub purpose: Purpose,
    pub way: Way,
    /// All of the couple's by this way, in full. A wish names one of them by its place from 0.
    pub addresses: Vec<Private>,
    /// The one that it goes to.
    pub to: Option<Private>,
    /// In full; `None` where it cannot be written yet.
    pub letter: Option<Letter>,
    /// The same as HTML, as it is sent; empty for a text message.
    pub html: Private,
    /// Of the text, whether it can be written yet or not.
    pub language: Language,
    /// The one that it is in where nobody chooses: the couple's own, or English.
    pub theirs: Language,
    /// Whether anybody knows what they read.
    pub is_known: bool,
    /// In which there is a text for this.
    pub languages: Vec<Language>,
    /// Their own language, where there is no text in it.
    pub no_text_in: Option<Language>,
    /// What the text names and nobody has said yet.
    pub missing: Vec<Variable>,
    /// Why it cannot go, each in a sentence; empty when it can.
    pub hindrances: Vec<String>,
    /// They have been told this: a reason is needed.
    pub needs_reason: bool,
    /// When they were promised to hear of us next.
    pub promised: Option<Millis>,
    /// Goes back with the press; `None` where nothing can go.
    pub seen: Option<String>,
    pub now: Millis,
}

impl Notices {
    /// What would go. Nothing is made by it but the record that somebody looked.
    ///
    /// # Errors
    /// When there is no such case, or it cannot be read who they are. What only keeps it from going is in the preview.
    pub async fn preview(
        &self,
        permit: &Permit<WorkCases>,
        _: &Permit<SeePersonalData>,
        wish: &Wish,
    ) -> Result<Preview, NoticeRefused> {
        covers_all(permit)?;
        let (notices, wish) = (self.clone(), wish.clone());
        let entry = permit.entry("notice.looked_at_a_draft_for");
        let looking = tokio::spawn(async move {
            let cases = &notices.0.cases;
            let mut tx = cases.db().begin().await?;
            let preview = notices.look(&mut tx, &wish).await?;
            let entry = entry.about(object(&preview.stored.case));
            audit::record(&mut tx, preview.now, &entry).await?;
            tx.commit().await.map_err(DbError::from)?;
            Ok(preview)
        });
        looking.await.unwrap_or(Err(NoticeRefused::Db(DbError::Lost)))
    }

    async fn look(&self, tx: &mut crate::db::Tx, wish: &Wish) -> Result<Preview, NoticeRefused> {
        let Wish { purpose, way, .. } = *wish;
        let known = self.known_of(tx, &wish.case).await?;
        let couple = known.couple.as_ref().map_err(Clone::clone)?;
        let theirs = self.language(&known, couple, purpose);
        let mut preview = Preview {
            stored: known.stored.clone(),
            purpose,
            way,
            addresses: composing::addresses(couple, way).to_vec(),
            to: None,
            letter: None,
            html: Private::default(),
            language: theirs.clone(),
            theirs,
            is_known: couple.language.is_some(),
            languages: self.templates().languages(known.stored.case.of.key(), purpose),
            no_text_in: self.no_text_in(&known, couple, purpose),
            missing: Vec::new(),
            hindrances: Vec::new(),
            needs_reason: false,
            promised: known.promised,
            seen: None,
            now: self.0.cases.now(),
        };
        let notice = family::notice(&wish.case, purpose, &known.all);
        preview.needs_reason = notice.is_told();
        // A reason is given with the press: that it is missing keeps nobody from looking.
        if let Err(why) = notice.may_begin("given with the press") {
            preview.hindrances.push(why.to_string());
        }
        if let Some(chosen) = wish.language.as_ref().filter(|chosen| preview.languages.contains(chosen)) {
            preview.language = chosen.clone();
        }
        match self.draft(&known, Wanted::of(wish)) {
            Ok(draft) => {
                preview.seen = Some(composing::seen(&wish.case, purpose, way, &draft));
                if way == Way::Mail {
                    preview.html = Private::new(draft.letter.html());
                }
                preview.to = Some(draft.to);
                preview.letter = Some(draft.letter);
            }
            Err(why) => {
                if let NoticeRefused::NotReady(NotReady::Missing(missing)) = &why {
                    preview.missing.clone_from(&missing.0);
                }
                preview.hindrances.push(why.to_string());
            }
        }
        if !preview.hindrances.is_empty() {
            preview.seen = None;
        }
        Ok(preview)
    }
}
