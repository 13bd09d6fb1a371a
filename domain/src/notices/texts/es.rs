use super::{PageTexts, Texts};

pub(in crate::notices) const TEXTS: Texts = Texts {
    language: "es",
    greeting: "Hola, {{names}}:",
    farewell: "Estamos con vosotros,\nvuestro equipo del día de la boda",
    we_know: &[
        (
            "other",
            "Vuestra boda: ya nos estamos ocupando",
            "Ha surgido un imprevisto en los preparativos de vuestra boda y queríamos que lo supierais por nosotros.",
        ),
        (
            "vendor_cancelled",
            "Vuestra boda: uno de vuestros proveedores y lo que estamos haciendo",
            "Uno de vuestros proveedores nos ha avisado de que no podrá venir como estaba acordado. Ya estamos hablando con \
             otros cerca del lugar de la celebración.",
        ),
        (
            "venue_unavailable",
            "El lugar de vuestra boda: ya nos estamos ocupando",
            "Hay un problema con el lugar de la celebración. Ya estamos buscando la mejor manera de que la celebréis como \
             la habíais soñado.",
        ),
        (
            "weather",
            "El tiempo en vuestro día: ya nos estamos ocupando",
            "La previsión para vuestro día ha cambiado. Lo estamos preparando todo para que podáis celebrarlo haga el \
             tiempo que haga.",
        ),
        (
            "transport",
            "Llegar a vuestra boda: ya nos estamos ocupando",
            "Hay dificultades para llegar a vuestra boda. Estamos buscando otra manera para todas las personas que la \
             necesiten.",
        ),
        (
            "illness",
            "Pensamos en vosotros",
            "Hemos sabido que alguien cercano a vuestra celebración no se encuentra bien. Su salud es lo primero; por ahora, \
             dejadnos lo demás a nosotros.",
        ),
        (
            "payment",
            "Un pago de vuestra boda: ya nos estamos ocupando",
            "Un pago de vuestra boda no se ha completado. Nos toca a nosotros resolverlo con el banco y el proveedor; \
             mientras tanto cuidamos de vuestra reserva.",
        ),
    ],
    promise: "Una persona se está ocupando de ello ahora mismo. De momento no tenéis que hacer nada.\n\nTendréis noticias \
              nuestras antes de las {{promised_time}}, aunque para entonces no hayamos terminado. Si preferís hablar con \
              nosotros: {{contact}}.\n\nLo que sabemos está siempre aquí: {{status_page}}",
    we_have_a_plan: (
        "Vuestra boda: tenemos un plan",
        "Gracias por vuestra paciencia. Este es nuestro plan:\n\n{{plan}}\n\nSi no es lo que deseáis, decídnoslo y lo \
         cambiaremos: {{contact}}. Volveréis a tener noticias nuestras antes de las {{promised_time}}.\n\nLo que sabemos está \
         siempre aquí: {{status_page}}",
    ),
    solved: (
        "Vuestra boda: está resuelto",
        "Buenas noticias: está resuelto.\n\n{{plan}}\n\nYa solo os queda disfrutar pensando en vuestro día. Si algo os \
         preocupa todavía, llamadnos: {{contact}}.",
    ),
    apology: (
        "Lo sentimos mucho",
        "En un día que debía ser solo vuestro, algo salió mal que deberíamos haber evitado. Lo sentimos de \
         corazón.\n\n{{plan}}\n\nSi queréis hablar de ello, aquí tenéis a {{contact}}.",
    ),
    page: PageTexts {
        title: "El día de vuestra boda",
        stages: [
            "Sabemos lo que ha pasado y una persona se está ocupando de ello ahora mismo.",
            "Tenemos un plan y lo estamos llevando a cabo.",
            "Está resuelto.",
        ],
        next_news: "Tendréis noticias nuestras antes de las {}.",
        overdue: "Ya deberíais haber tenido noticias nuestras. Lo sentimos; por favor, llamadnos.",
        call: "Podéis localizarnos aquí: {}",
        moment: "%H:%M del %d/%m/%Y",
    },
};
