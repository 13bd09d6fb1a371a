use super::{PageTexts, Texts};

pub(in crate::notices) const TEXTS: Texts = Texts {
    language: "fr",
    greeting: "Bonjour {{names}},",
    farewell: "Nous sommes à vos côtés,\nvotre équipe du jour J",
    we_know: &[
        (
            "other",
            "Votre mariage : nous nous en occupons",
            "Un imprévu touche les préparatifs de votre mariage, et nous tenions à vous l’annoncer nous-mêmes.",
        ),
        (
            "vendor_cancelled",
            "Votre mariage : un de vos prestataires, et ce que nous faisons",
            "Un de vos prestataires nous a prévenus qu’il ne pourra pas venir comme convenu. Nous parlons déjà à des \
             remplaçants près de votre lieu de réception.",
        ),
        (
            "venue_unavailable",
            "Votre lieu de réception : nous nous en occupons",
            "Il y a un problème avec votre lieu de réception. Nous cherchons déjà la meilleure façon de vous offrir la fête \
             que vous avez souhaitée.",
        ),
        (
            "weather",
            "La météo de votre grand jour : nous nous en occupons",
            "Les prévisions pour votre grand jour ont changé. Nous préparons tout pour que vous puissiez faire la fête, \
             quoi que fasse le ciel.",
        ),
        (
            "transport",
            "Venir à votre mariage : nous nous en occupons",
            "Il y a des difficultés sur la route de votre mariage. Nous trouvons une autre solution pour tous ceux qui en \
             ont besoin.",
        ),
        (
            "illness",
            "Nous pensons à vous",
            "Nous avons appris qu’un de vos proches est souffrant. Sa santé passe avant tout ; laissez-nous le reste pour \
             le moment.",
        ),
        (
            "payment",
            "Un paiement pour votre mariage : nous nous en occupons",
            "Un paiement pour votre mariage n’a pas abouti. C’est à nous de le régler avec la banque et le prestataire ; \
             d’ici là, nous veillons sur votre réservation.",
        ),
    ],
    promise: "Une personne s’en occupe en ce moment même. Vous n’avez rien à faire pour l’instant.\n\nVous aurez de nos \
              nouvelles au plus tard à {{promised_time}}, même si tout n’est pas encore réglé. Si vous préférez nous \
              parler : {{contact}}.\n\nCe que nous savons est à tout moment ici : {{status_page}}",
    we_have_a_plan: (
        "Votre mariage : nous avons un plan",
        "Merci de votre patience. Voici notre plan :\n\n{{plan}}\n\nS’il ne vous convient pas, dites-le-nous et nous le \
         changerons : {{contact}}. Vous aurez de nouveau de nos nouvelles au plus tard à {{promised_time}}.\n\nCe que nous \
         savons est à tout moment ici : {{status_page}}",
    ),
    solved: (
        "Votre mariage : tout est réglé",
        "Bonne nouvelle : tout est réglé.\n\n{{plan}}\n\nIl ne vous reste plus qu’à vous réjouir de votre grand jour. Si \
         quelque chose vous inquiète encore, appelez-nous : {{contact}}.",
    ),
    apology: (
        "Toutes nos excuses",
        "Un jour qui n’aurait dû être qu’à vous, quelque chose s’est mal passé que nous aurions dû empêcher. Nous en sommes \
         sincèrement désolés.\n\n{{plan}}\n\nSi vous souhaitez en parler, {{contact}} est là pour vous.",
    ),
    page: PageTexts {
        title: "Le jour de votre mariage",
        stages: [
            "Nous savons ce qui s’est passé, et une personne s’en occupe en ce moment même.",
            "Nous avons un plan et nous le mettons en œuvre.",
            "Tout est réglé.",
        ],
        next_news: "Vous aurez de nos nouvelles au plus tard à {}.",
        overdue: "Vous auriez déjà dû avoir de nos nouvelles. Nous en sommes désolés ; appelez-nous, s’il vous plaît.",
        call: "Vous pouvez nous joindre ici : {}",
        moment: "%H:%M le %d/%m/%Y",
    },
};
