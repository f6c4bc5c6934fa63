# SPDX-License-Identifier: Apache-2.0
"""contrast.py TOP: the colours that ui/style.css and ui/style-contrast.css set stand out enough from what is
behind them, in light and dark: words 4.5 to 1, signs (outlines, marks; in high contrast frames too) 3 to 1,
as WCAG 2.1 asks in 1.4.3 and 1.4.11. So do those that C code sets, each of which IN_C has. A colour that is
written in a way that is not measured fails. Frames of style.css part what the space between parts already; so each
of them has another colour in style-contrast.css, whose named colours are libadwaita's as in style.css."""

import pathlib
import re
import sys

TEXT, SIGN = 4.5, 3.0
# Of libadwaita 1.2: the resources defaults-light.css, defaults-dark.css, base.css.
THEMES = {
    "light": {"back": ["#ffffff", "#fafafa"], "currentColor": ("#000000", 0.8),
              "@accent_color": ("#1c71d8", 1), "@warning_bg_color": ("#e5a50a", 1)},
    "dark": {"back": ["#1e1e1e", "#242424"], "currentColor": ("#ffffff", 1),
             "@accent_color": ("#78aeed", 1), "@warning_bg_color": ("#cd9309", 1)},
}
COLOUR = r"(?:alpha\s*\((@\w+|currentColor),\s*([\d.]+)\)|(@\w+))"
COLOURED = re.compile(
    r"(?:.*-)?(?:color|shadow)|background(?:-image)?|(?:border|outline)(?:-(?:top|right|bottom|left))?")
NO_COLOUR = re.compile(r"(?:none|inherit|solid|inset|-?[\d.]+(?:px|em)?|\s)*")
# Behind words, or a sign; in which theme, where it is not in both.
IN_C = {
    ("ui/chats/handoff-page.c", "rgba(229,165,10,0.35)"): ("background", None),
    ("ui/chats/handoff-page.c", "rgba(229,165,10,0.2)"): ("background", None),
    ("ui/common/style.c", "#3584e4"): ("outline", None),
    ("ui/notes/note-page.c", "#1a4a80"): ("background", "dark"),
    ("ui/notes/note-page.c", "#cfe4ff"): ("background", "light"),
}
LITERAL = re.compile(r'"(#[0-9a-fA-F]{3,8}|(?:rgb|hsl)a?\s*\([^"]*)"')
LEAST_PART = re.compile(r"MAX \(part, ([\d.]+)f\)")  # tlm_style_fade() in high contrast


def channels(colour):
    return [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]


def over(colour, alpha, back):
    return [c * alpha + b * (1 - alpha) for c, b in zip(colour, back)]


def luminance(rgb):
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ratio(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def paint(name, alpha, back, theme):
    colour, own_alpha = theme[name]
    return over(channels(colour), own_alpha * alpha, back)


def rules(css):
    """(selector, property, value)"""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    for selector, body in re.findall(r"([^{}]+)\{([^}]*)\}", css):
        for declaration in body.split(";"):
            if ":" in declaration:
                name, value = declaration.split(":", 1)
                yield selector.strip(), name.strip(), value.strip()


def measure(name, value, back, theme, frames):
    """(ratio, what is asked) of a declaration that sets a colour of words or of a sign; else None."""
    if name == "opacity":
        return ratio(paint("currentColor", float(value), back, theme), back), TEXT
    found = re.search(COLOUR, value)
    if not found:
        return None
    colour, alpha = found[1] or found[3], float(found[2] or 1)
    shown = paint(colour, alpha, back, theme)
    if name == "color":
        return ratio(shown, back), TEXT
    if name in ("background", "background-color"):
        return ratio(paint("currentColor", 1, shown, theme), shown), TEXT
    if name in ("outline", "box-shadow") or (frames and name.startswith("border")):
        return ratio(shown, back), SIGN
    return None


def faults(css, frames):
    n, found = 0, []
    for selector, name, value in rules(css):
        if COLOURED.fullmatch(name) and not NO_COLOUR.fullmatch(re.sub(COLOUR, "", value)):
            found.append(f"{selector} {{ {name}: {value} }} is not measured: use a named colour, or alpha() of one")
        for which, theme in THEMES.items():
            for back in theme["back"]:
                got = measure(name, value, channels(back), theme, frames)
                n += got is not None
                if got is not None and got[0] < got[1]:
                    found.append(f"{selector} {{ {name}: {value} }}, {which} on {back}: "
                                 f"{got[0]:.2f} to 1 of {got[1]}")
    return n, found


def faults_in_c(texts):
    """texts: of each file by its name."""
    used = {(name, colour) for name, text in texts.items() for colour in LITERAL.findall(text)}
    for name, colour in sorted(used ^ set(IN_C)):
        yield f"{name}: “{colour}” is in one alone of it and tests/contrast.py"
    for name, colour in sorted(used & set(IN_C)):
        kind, only = IN_C[name, colour]
        rgb, alpha = channels(colour) if colour[0] == "#" else None, 1
        if rgb is None:
            *rgb, alpha = [float(part) for part in re.findall(r"[\d.]+", colour)]
            rgb = [part / 255 for part in rgb]
        for which, theme in THEMES.items():
            for back in theme["back"] if only in (None, which) else []:
                shown = over(rgb, alpha, channels(back))
                got, asked = (ratio(shown, channels(back)), SIGN) if kind == "outline" else (
                    ratio(paint("currentColor", 1, shown, theme), shown), TEXT)
                if got < asked:
                    yield f"{name}: “{colour}”, {which} on {back}: {got:.2f} to 1 of {asked}"
    part = float(LEAST_PART.search(texts["ui/common/style.c"])[1])
    for which, theme in THEMES.items():
        for back in map(channels, theme["back"]):
            if (got := ratio(paint("currentColor", part, back, theme), back)) < SIGN:
                yield f"ui/common/style.c: a part of {part}, {which}: {got:.2f} to 1 of {SIGN}"


def frames_left_pale(css, high):
    """Selectors with a frame in style.css that style-contrast.css gives no colour."""
    stronger = {selector for selector, name, _ in rules(high) if name == "border-color"}
    for selector, name, value in rules(css):
        if name.startswith("border") and "alpha" in value and re.sub(r":dir\(\w+\)", "", selector) not in stronger:
            yield f"ui/style-contrast.css: no border-color for {selector}"


def main():
    for offence in ("color: alpha(currentColor, 0.3)", "color: #bbbbbb", "background: rgba(0,0,0,.1)",
                    "border: 1px solid #eee", "color: mix(@accent_color,white,.9)"):
        assert faults(f".words {{ {offence}; }}", False)[1], f"the check does not know the offence {offence}"
    top, found = pathlib.Path(sys.argv[1]), []
    for name, frames in (("style.css", False), ("style-contrast.css", True)):
        n, bad = faults((top / "ui" / name).read_text(encoding="utf-8"), frames)
        assert n >= 4, f"{name}: no colours were found"
        found += [f"ui/{name}: {line}" for line in bad]
    found += faults_in_c({str(path.relative_to(top)): path.read_text(encoding="utf-8")
                          for path in (top / "ui").rglob("*.c")})
    found += frames_left_pale(*((top / "ui" / name).read_text(encoding="utf-8")
                                for name in ("style.css", "style-contrast.css")))
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
