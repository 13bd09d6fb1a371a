use super::{PageTexts, Texts};

pub(in crate::notices) const TEXTS: Texts = Texts {
    language: "de",
    greeting: "Liebes Brautpaar {{names}},",
    farewell: "Wir sind für euch da,\neuer Team für den Hochzeitstag",
    we_know: &[
        (
            "other",
            "Eure Hochzeit: Wir kümmern uns",
            "bei den Vorbereitungen für eure Hochzeit ist etwas dazwischengekommen. Ihr sollt es von uns zuerst hören.",
        ),
        (
            "vendor_cancelled",
            "Eure Hochzeit: ein Dienstleister, und was wir tun",
            "einer eurer Dienstleister hat uns mitgeteilt, dass er nicht wie vereinbart kommen kann. Wir sprechen bereits \
             mit Ersatz in der Nähe eures Festorts.",
        ),
        (
            "venue_unavailable",
            "Euer Festort: Wir kümmern uns",
            "mit eurem Festort gibt es ein Problem. Wir suchen bereits nach dem besten Weg, damit ihr so feiern könnt, wie \
             ihr es euch gewünscht habt.",
        ),
        (
            "weather",
            "Das Wetter an eurem Tag: Wir kümmern uns",
            "die Vorhersage für euren Tag hat sich geändert. Wir bereiten alles vor, damit ihr feiern könnt, was auch immer \
             der Himmel macht.",
        ),
        (
            "transport",
            "Der Weg zu eurer Hochzeit: Wir kümmern uns",
            "auf dem Weg zu eurer Hochzeit gibt es Schwierigkeiten. Wir finden einen anderen Weg für alle, die einen \
             brauchen.",
        ),
        (
            "illness",
            "Wir denken an euch",
            "wir haben gehört, dass jemand aus eurem Kreis krank geworden ist. Die Gesundheit geht vor; überlasst uns \
             einstweilen alles andere.",
        ),
        (
            "payment",
            "Eine Zahlung für eure Hochzeit: Wir kümmern uns",
            "eine Zahlung für eure Hochzeit ist nicht durchgegangen. Das klären wir mit der Bank und dem Dienstleister; \
             eure Buchung bleibt solange in unserer Obhut.",
        ),
    ],
    promise: "Ein Mensch arbeitet gerade daran. Ihr müsst vorerst nichts tun.\n\nIhr hört von uns bis {{promised_time}}, \
              auch wenn wir bis dahin nicht fertig sein sollten. Wenn ihr lieber mit uns sprechen möchtet: \
              {{contact}}.\n\nWas wir wissen, steht jederzeit hier: {{status_page}}",
    we_have_a_plan: (
        "Eure Hochzeit: Wir haben einen Plan",
        "danke für eure Geduld. Das ist unser Plan:\n\n{{plan}}\n\nWenn er nicht euren Wünschen entspricht, sagt es uns, \
         und wir ändern ihn: {{contact}}. Ihr hört wieder von uns bis {{promised_time}}.\n\nWas wir wissen, steht jederzeit \
         hier: {{status_page}}",
    ),
    solved: (
        "Eure Hochzeit: Es ist gelöst",
        "eine gute Nachricht: Es ist gelöst.\n\n{{plan}}\n\nIhr müsst nichts mehr tun, außer euch auf euren Tag zu freuen. \
         Wenn euch noch etwas beunruhigt, ruft uns an: {{contact}}.",
    ),
    apology: (
        "Es tut uns leid",
        "an einem Tag, der nur euch gehören sollte, ist etwas schiefgegangen, das wir hätten verhindern müssen. Das tut uns \
         aufrichtig leid.\n\n{{plan}}\n\nWenn ihr darüber sprechen möchtet, ist {{contact}} für euch da.",
    ),
    page: PageTexts {
        title: "Euer Hochzeitstag",
        stages: [
            "Wir wissen, was geschehen ist, und ein Mensch arbeitet gerade daran.",
            "Wir haben einen Plan und setzen ihn um.",
            "Es ist gelöst.",
        ],
        next_news: "Ihr hört von uns bis {}.",
        overdue: "Ihr hättet schon von uns hören sollen. Das tut uns leid; bitte ruft uns an.",
        call: "So erreicht ihr uns: {}",
        moment: "%H:%M Uhr am %d.%m.%Y",
    },
};
