# SPDX-License-Identifier: Apache-2.0
"""contrast.py TOP: the colours that ui/style.css and ui/style-contrast.css set stand out enough from what is
behind them, in light and dark: words 4.5 to 1, signs (outlines, marks; in high contrast frames too) 3 to 1,
as WCAG 2.1 asks in 1.4.3 and 1.4.11. Frames of style.css part what the space between parts already; so each
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
        for which, theme in THEMES.items():
            for back in theme["back"]:
                got = measure(name, value, channels(back), theme, frames)
                n += got is not None
                if got is not None and got[0] < got[1]:
                    found.append(f"{selector} {{ {name}: {value} }}, {which} on {back}: "
                                 f"{got[0]:.2f} to 1 of {got[1]}")
    return n, found


def frames_left_pale(css, high):
    """Selectors with a frame in style.css that style-contrast.css gives no colour."""
    stronger = {selector for selector, name, _ in rules(high) if name == "border-color"}
    for selector, name, value in rules(css):
        if name.startswith("border") and "alpha" in value and re.sub(r":dir\(\w+\)", "", selector) not in stronger:
            yield f"ui/style-contrast.css: no border-color for {selector}"


def main():
    assert faults(".words { color: alpha(currentColor, 0.3); }", False)[1], "the check knows no offence"
    top, found = pathlib.Path(sys.argv[1]), []
    for name, frames in (("style.css", False), ("style-contrast.css", True)):
        n, bad = faults((top / "ui" / name).read_text(encoding="utf-8"), frames)
        assert n >= 4, f"{name}: no colours were found"
        found += [f"ui/{name}: {line}" for line in bad]
    found += frames_left_pale(*((top / "ui" / name).read_text(encoding="utf-8")
                                for name in ("style.css", "style-contrast.css")))
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
