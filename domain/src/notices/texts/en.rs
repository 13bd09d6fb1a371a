use super::{PageTexts, Texts};

pub(in crate::notices) const TEXTS: Texts = Texts {
    language: "en",
    greeting: "Dear {{names}},",
    farewell: "We are with you,\nyour wedding day team",
    we_know: &[
        (
            "other",
            "Your wedding: we are on it",
            "Something in the plans for your wedding needs our attention, and we wanted you to hear it from us first.",
        ),
        (
            "vendor_cancelled",
            "Your wedding: one of your vendors, and what we are doing",
            "One of your vendors has told us that they cannot come as agreed. We are already talking to replacements near \
             your venue.",
        ),
        (
            "venue_unavailable",
            "Your venue: we are on it",
            "There is a problem with your venue, and we are already looking for the best way to hold your celebration as \
             you wished it.",
        ),
        (
            "weather",
            "The weather on your day: we are on it",
            "The forecast for your day has changed, and we are preparing so that you can celebrate whatever the sky does.",
        ),
        (
            "transport",
            "Getting to your wedding: we are on it",
            "There is trouble on the way to your wedding. We are finding another way for everybody who needs one.",
        ),
        (
            "illness",
            "We are thinking of you",
            "We have heard that somebody close to your celebration is not well. Their health comes first; leave the \
             arrangements to us for now.",
        ),
        (
            "payment",
            "A payment for your wedding: we are on it",
            "A payment for your wedding has not gone through. This is ours to sort out with the bank and the vendor; your \
             booking stays in our care meanwhile.",
        ),
    ],
    promise: "A person is working on this right now. You do not have to do anything yet.\n\nYou will hear from us by \
              {{promised_time}}, even if we should not be finished by then. If you would rather talk to us, call \
              {{contact}}.\n\nWhat we know is always here: {{status_page}}",
    we_have_a_plan: (
        "Your wedding: we have a plan",
        "Thank you for your patience. This is our plan:\n\n{{plan}}\n\nIf it is not what you wish, tell us, and we will \
         change it: {{contact}}. You will hear from us again by {{promised_time}}.\n\nWhat we know is always here: \
         {{status_page}}",
    ),
    solved: (
        "Your wedding: it is solved",
        "Good news: it is solved.\n\n{{plan}}\n\nThere is nothing left for you to do but to look forward to your day. \
         Should anything still worry you, call {{contact}}.",
    ),
    apology: (
        "We are sorry",
        "On a day that should have been only yours, something went wrong that we should have prevented. We are truly \
         sorry.\n\n{{plan}}\n\nIf you wish to talk about it, {{contact}} is there for you.",
    ),
    page: PageTexts {
        title: "Your wedding day",
        stages: [
            "We know what has happened, and a person is working on it right now.",
            "We have a plan, and are carrying it out.",
            "It is solved.",
        ],
        next_news: "You will hear from us by {}.",
        overdue: "You should have heard from us by now. We are sorry; please call us.",
        call: "You can reach us here: {}",
        moment: "%H:%M on %d/%m/%Y",
    },
};
