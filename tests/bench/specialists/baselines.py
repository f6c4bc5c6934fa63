# SPDX-License-Identifier: Apache-2.0
"""What a specialist has to beat, without a language model: logistic regression on TF-IDF of words and
pairs of words; the same on the words around a token, to find spans; and, for free text, the output of
the most similar training text."""
import collections
import math
import re

EPOCHS, RATE, DECAY = 60, 0.5, 1e-4


def words(text):
    return re.findall(r"[a-z]+|[0-9]+|[^\sa-z0-9]", text.lower())


def grams(text):
    w = words(text)
    return collections.Counter(w + [a + " " + b for a, b in zip(w, w[1:])])


class TfIdf:
    def __init__(self, bags):
        seen = collections.Counter(g for bag in bags for g in bag)
        self.idf = {g: math.log((1 + len(bags)) / (1 + n)) + 1 for g, n in seen.items()}

    def vector(self, bag):
        v = {g: n * self.idf[g] for g, n in bag.items() if g in self.idf}
        norm = math.sqrt(sum(x * x for x in v.values())) or 1.0
        return {g: x / norm for g, x in v.items()}


class Regression:
    """Multinomial logistic regression by AdaGrad, one example at a time."""

    def __init__(self, vectors, labels):
        self.labels = sorted(set(labels))
        self.w = {label: collections.defaultdict(float) for label in self.labels}
        squares = {label: collections.defaultdict(lambda: 1e-6) for label in self.labels}
        for _ in range(EPOCHS):
            for v, wanted in zip(vectors, labels):
                for label, p in self.probabilities(v).items():
                    error = p - (label == wanted)
                    if abs(error) < 1e-3:
                        continue
                    w, s = self.w[label], squares[label]
                    for g, x in v.items():
                        slope = error * x + DECAY * w[g]
                        s[g] += slope * slope
                        w[g] -= RATE * slope / math.sqrt(s[g])

    def probabilities(self, v):
        scores = {l: sum(w.get(g, 0.0) * x for g, x in v.items()) for l, w in self.w.items()}
        top = max(scores.values())
        e = {l: math.exp(s - top) for l, s in scores.items()}
        total = sum(e.values())
        return {l: x / total for l, x in e.items()}

    def best(self, v):
        p = self.probabilities(v)
        return max(p, key=p.get)


def classify(train, texts):
    tfidf = TfIdf([grams(text) for text, _ in train])
    model = Regression([tfidf.vector(grams(text)) for text, _ in train], [l for _, l in train])
    return [model.best(tfidf.vector(grams(text))) for text in texts]


def tokens(text):
    return re.findall(r"[^\s,]+?(?=[.,]?(?:\s|$))", text)


def context(ts, i):
    """The shape of a token and the words around it."""
    bag = {"here " + re.sub("[0-9]", "0", ts[i].lower()): 1,
           "shape " + re.sub("[a-z]+", "a", re.sub("[0-9]+", "0", ts[i].lower())): 1}
    for d in (-2, -1, 1, 2):
        if 0 <= i + d < len(ts):
            bag[f"{d} " + re.sub("[0-9]", "0", ts[i + d].lower())] = 1
    return bag


def tag(text, output):
    """For each token, which part of "first | second" it is in."""
    ts, parts = tokens(text), [part.split() for part in output.split(" | ")]
    tags = ["-"] * len(ts)
    for number, part in enumerate(parts):
        for i in range(len(ts) - len(part) + 1):
            if ts[i:i + len(part)] == part:
                tags[i:i + len(part)] = [str(number)] * len(part)
                break
    return ts, tags


def extract(train, texts):
    bags, tags = [], []
    for text, output in train:
        ts, wanted = tag(text, output)
        bags += [context(ts, i) for i in range(len(ts))]
        tags += wanted
    tfidf = TfIdf(bags)
    model = Regression([tfidf.vector(b) for b in bags], tags)
    found = []
    for text in texts:
        ts = tokens(text)
        got = [model.best(tfidf.vector(context(ts, i))) for i in range(len(ts))]
        found.append(" | ".join(" ".join(t for t, g in zip(ts, got) if g == part) for part in "01"))
    return found


def neighbour(train, texts):
    tfidf = TfIdf([grams(text) for text, _ in train])
    known = [(tfidf.vector(grams(text)), output) for text, output in train]
    found = []
    for text in texts:
        v = tfidf.vector(grams(text))
        found.append(max(known, key=lambda k: sum(x * k[0].get(g, 0.0) for g, x in v.items()))[1])
    return found


BASELINES = {"route": classify, "extract": extract, "title": neighbour}
