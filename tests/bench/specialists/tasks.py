# SPDX-License-Identifier: Apache-2.0
"""Three narrow tasks, made up from phrases by a seeded generator: route a request to one of eight
labels, extract a date and an amount, and title a message in a fixed style. Each text is put together
from several independent choices, and the phrases of the test texts are partly others than those of
the training texts (the last third of each list), so that learning phrases by heart is not enough."""
import random

PEOPLE = ["Anna", "Ben", "Carla", "Dmitri", "Eva", "Farid", "Grace", "Hugo", "Ines", "Jonas", "Kim",
          "Lena", "Marek", "Nadia", "Omar", "Paula", "Quentin", "Rosa", "Sven", "Tara"]
GREETING = ["Hello,", "Hi there,", "Good morning,", "Dear team,", "Hi,", "To whom it may concern,",
            "Good afternoon,", "Hello again,", "Quick one:"]
CLOSING = ["Thanks, {p}", "Best, {p}", "Please let me know. {p}", "Kind regards, {p}", "{p}",
           "Looking forward to hearing from you. {p}", "Many thanks in advance. {p}", "Cheers, {p}"]

ROUTES = {
    "billing": ["I was charged twice for {m}", "the invoice for {m} shows the wrong amount",
                "my card was declined when paying for {m}", "I need a receipt for what I paid in {m}",
                "the total on my {m} bill is too high", "you took the payment for {m} two times"],
    "refund": ["I would like my money back for the {t}", "please refund the {t} that I sent back",
               "I returned the {t} and still wait for the money", "how do I get repaid for the {t}",
               "I want to give back the {t} and be reimbursed", "the {t} went back, where is my refund"],
    "delivery": ["my {t} has not arrived yet", "the parcel with the {t} is late",
                 "tracking says that the {t} was delivered but it is not here",
                 "when will the {t} be shipped", "the courier left the {t} at the wrong house",
                 "where is the package with my {t}"],
    "technical": ["the {t} does not switch on", "the app crashes when I connect the {t}",
                  "the {t} shows an error and stops", "I cannot pair the {t} with my phone",
                  "the screen of the {t} stays black", "after the update the {t} freezes"],
    "account": ["I cannot log in with my password", "please change the email of my account",
                "how do I reset my password", "I want to delete my account",
                "my account is locked since {m}", "the login code never comes"],
    "sales": ["do you sell the {t} in larger numbers", "what does the {t} cost for ten people",
              "is there a discount on the {t}", "can I get a quote for the {t}",
              "which {t} would you recommend to buy", "is the {t} in stock to order"],
    "appointment": ["can we meet on {d}", "I need to move our appointment to {d}",
                    "is there a free slot on {d}", "please book a visit for {d}",
                    "I have to cancel our meeting on {d}", "could we talk on {d} instead"],
    "praise": ["I just wanted to say that the {t} is great", "your support with the {t} was wonderful",
               "I am very happy with the {t}", "the {t} is the best that I ever had",
               "well done, the {t} works perfectly", "what a lovely {t}, thank you so much"],
}
THINGS = ["lamp", "printer", "headset", "kettle", "camera", "router", "keyboard", "watch", "speaker",
          "drill", "heater", "toaster", "monitor", "scale", "bicycle light"]
MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September",
          "October", "November", "December"]
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]

BILLS = ["please pay {a} by {d}", "the amount of {a} is due on {d}", "we received {a} on {d}",
         "your invoice over {a} has to be settled until {d}", "{a} will be taken from your account on {d}",
         "on {d} we sent you {a}", "the fee is {a}, payable before {d}", "by {d} you owe us {a}",
         "we expect {a} no later than {d}"]
NOISE = ["Your customer number is {n}.", "The order {n} has been closed.", "Call us at extension {n}.",
         "Room {n} is open all day.", "This is notice {n} of this year.", "The contract {n} stays valid."]

SUBJECTS = ["the roof", "the heating", "the budget", "the contract", "the website", "the garden",
            "the car", "the printer", "the kitchen", "the insurance", "the newsletter", "the server"]
ACTS = [("has to be repaired", "Repair"), ("needs to be checked", "Check"), ("must be paid", "Pay"),
        ("should be cleaned", "Clean"), ("has to be renewed", "Renew"), ("needs a new plan", "Plan"),
        ("is to be sold", "Sell"), ("has to be moved", "Move"), ("must be updated", "Update")]
FRAMES = ["{p} says that {s} {x} before {w}.", "We talked with {p}: {s} {x}, at the latest on {w}.",
          "As {p} told us, {s} {x} until {w}.", "{s} {x}. {p} takes care of it by {w}.",
          "By {w} {s} {x}, and {p} will do it.", "{p} promised that {s} {x} by {w}."]


def pick(rng, items, test):
    """Test texts draw from all of a list, training texts from its first two thirds."""
    return rng.choice(items if test else items[:(2 * len(items) + 2) // 3])


def money(rng):
    return rng.choice(["{:.2f} euros", "EUR {:.2f}", "${:.2f}", "{:.0f} dollars"]).format(
        rng.choice([rng.uniform(5, 99), rng.uniform(100, 4000)]))


def date(rng):
    day, month = rng.randint(1, 28), rng.choice(MONTHS)
    return rng.choice([f"{day} {month}", f"{month} {day}"])


def framed(rng, body, test):
    text = f"{pick(rng, GREETING, test)} {body}. {pick(rng, CLOSING, test)}"
    return text.replace("{p}", rng.choice(PEOPLE))


def route(rng, test):
    label = rng.choice(sorted(ROUTES))
    body = pick(rng, ROUTES[label], test)
    body = body.replace("{t}", rng.choice(THINGS)).replace("{m}", rng.choice(MONTHS))
    return framed(rng, body.replace("{d}", rng.choice(DAYS)), test), label


def extract(rng, test):
    amount, day = money(rng), date(rng)
    body = pick(rng, BILLS, test).replace("{a}", amount).replace("{d}", day)
    noise = pick(rng, NOISE, test).replace("{n}", str(rng.randint(100, 9999)))
    parts = [noise, body[0].upper() + body[1:] + "."]
    rng.shuffle(parts)
    return " ".join(parts), f"{day} | {amount}"


def title(rng, test):
    subject, (words, verb) = pick(rng, SUBJECTS, test), pick(rng, ACTS, test)
    person, day = rng.choice(PEOPLE), rng.choice(DAYS)
    text = pick(rng, FRAMES, test)
    for key, value in (("{p}", person), ("{s}", subject), ("{x}", words), ("{w}", day)):
        text = text.replace(key, value)
    return text[0].upper() + text[1:], f"{verb} {subject.removeprefix('the ')} ({person}, {day})"


TASKS = {"route": route, "extract": extract, "title": title}


def make(task, n, seed, test=False):
    """@n pairs (input, output), all different."""
    rng = random.Random(f"{task} {seed} {test}")
    pairs = {}
    while len(pairs) < n:
        text, output = TASKS[task](rng, test)
        pairs.setdefault(text, output)
    return list(pairs.items())
