use super::{PageTexts, Texts};

pub(in crate::notices) const TEXTS: Texts = Texts {
    language: "sv",
    greeting: "Kära {{names}},",
    farewell: "Vi finns här för er,\nert bröllopsteam",
    we_know: &[
        (
            "other",
            "Ert bröllop: vi tar hand om det",
            "Något har kommit emellan i planerna för ert bröllop, och vi ville att ni skulle få höra det av oss först.",
        ),
        (
            "vendor_cancelled",
            "Ert bröllop: en av era leverantörer, och vad vi gör",
            "En av era leverantörer har meddelat oss att de inte kan komma som avtalat. Vi talar redan med ersättare i \
             närheten av festlokalen.",
        ),
        (
            "venue_unavailable",
            "Er festlokal: vi tar hand om det",
            "Det har uppstått ett problem med festlokalen. Vi letar redan efter det bästa sättet att låta er fira så som ni \
             har önskat.",
        ),
        (
            "weather",
            "Vädret på er dag: vi tar hand om det",
            "Prognosen för er dag har ändrats. Vi förbereder allt så att ni kan fira vad himlen än hittar på.",
        ),
        (
            "transport",
            "Vägen till ert bröllop: vi tar hand om det",
            "Det är problem på vägen till ert bröllop. Vi ordnar ett annat sätt att ta sig fram för alla som behöver det.",
        ),
        (
            "illness",
            "Vi tänker på er",
            "Vi har hört att någon som står er fest nära inte mår bra. Hälsan går först; låt oss ta hand om allt annat så \
             länge.",
        ),
        (
            "payment",
            "En betalning för ert bröllop: vi tar hand om det",
            "En betalning för ert bröllop har inte gått igenom. Det är vår sak att reda ut med banken och leverantören; er \
             bokning är i trygga händer under tiden.",
        ),
    ],
    promise: "En människa arbetar med det just nu. Ni behöver inte göra någonting än.\n\nVi hör av oss senast \
              {{promised_time}}, även om vi inte skulle vara klara då. Vill ni hellre prata med oss, ring \
              {{contact}}.\n\nVad vi vet finns alltid här: {{status_page}}",
    we_have_a_plan: (
        "Ert bröllop: vi har en plan",
        "Tack för ert tålamod. Det här är vår plan:\n\n{{plan}}\n\nOm den inte är som ni önskar, säg till så ändrar vi den: \
         {{contact}}. Vi hör av oss igen senast {{promised_time}}.\n\nVad vi vet finns alltid här: {{status_page}}",
    ),
    solved: (
        "Ert bröllop: det är löst",
        "Goda nyheter: det är löst.\n\n{{plan}}\n\nNu behöver ni bara se fram emot er dag. Om något ändå oroar er, ring \
         {{contact}}.",
    ),
    apology: (
        "Vi ber om ursäkt",
        "På en dag som skulle ha varit bara er gick något fel som vi borde ha förhindrat. Vi ber uppriktigt \
         om ursäkt.\n\n{{plan}}\n\nOm ni vill prata om det finns {{contact}} där för er.",
    ),
    page: PageTexts {
        title: "Er bröllopsdag",
        stages: [
            "Vi vet vad som har hänt, och en människa arbetar med det just nu.",
            "Vi har en plan och genomför den.",
            "Det är löst.",
        ],
        next_news: "Vi hör av oss senast {}.",
        overdue: "Ni borde ha hört ifrån oss vid det här laget. Vi ber om ursäkt; ring oss gärna.",
        call: "Här når ni oss: {}",
        moment: "%H:%M den %d/%m %Y",
    },
};
