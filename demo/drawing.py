"""Draws the pictures of the demo goods as small square SVGs.

A picture is a soft ground, a gentle shadow and one article in the middle: either
an emoji or one of the simple shapes of shapes.py, filled with the variant's color, its
pattern (dots, stripes, paisley) or its motif. Only plain shapes leave this
module: no script, no text, no font, no link to anything outside the file.
"""

from shapes import SHAPES

PAPER = "#FFFCF7"
INK = "#1D1A16"
VERMILION = "#D9381E"

COLORS = {
    "red": "#D24B38", "rose": "#E3A49C", "pink": "#F0AFBE", "hotpink": "#E0568F",
    "blue": "#5F8FC0", "sky": "#A9CBE3", "navy": "#34507E", "green": "#6FA36E",
    "mint": "#A8D2BB", "moss": "#A9B184", "yellow": "#EDC65F", "orange": "#E58F52",
    "purple": "#967BB6", "lavender": "#BFAFDB", "black": "#3D3935", "white": "#FBF9F4",
    "ivory": "#F3EAD5", "cream": "#F0DFB8", "brown": "#8B644B", "gray": "#ABA69D",
    "silver": "#BFC4C8", "gold": "#D6B25C", "turquoise": "#67B3AE", "natural": "#D3B68F",
    "zinc": "#A3ABB0", "peach": "#F2BC99", "glass": "#CFE4E4", "wood": "#C0935F",
    "multi": "#EDC65F",
}


def mix(a: str, b: str, share_of_b: float) -> str:
    """A color between two #RRGGBB colors."""
    parts = zip(bytes.fromhex(a[1:]), bytes.fromhex(b[1:]))
    return "#" + "".join(f"{round(x + (y - x) * share_of_b):02x}" for x, y in parts)


def is_light(color: str) -> bool:
    r, g, b = bytes.fromhex(color[1:])
    return (r * 299 + g * 587 + b * 114) / 1000 > 205


def pattern(name: str, color: str) -> str:
    """The inside of a <pattern> and its side length, drawn over the given color."""
    light = mix(color, "#ffffff", 0.85)
    if is_light(color):
        light = mix(color, INK, 0.16)
    dark = mix(color, INK, 0.22)
    dot = {"reddots": COLORS["red"], "bluedots": COLORS["blue"], "browndots": COLORS["natural"]}
    if name in dot or name == "dots":
        ink = dot.get(name, light)
        return 56, f'<g fill="{ink}"><circle cx="14" cy="14" r="10"/><circle cx="42" cy="42" r="10"/></g>'
    if name == "spots":
        return 96, f'<g fill="{light}"><circle cx="24" cy="24" r="20"/><circle cx="72" cy="72" r="20"/></g>'
    if name == "circles":
        return 88, f'<g fill="none" stroke="{light}" stroke-width="9"><circle cx="22" cy="22" r="14"/><circle cx="66" cy="66" r="14"/></g>'
    if name == "stripes":
        return 48, f'<path fill="{light}" d="M0 0h20v48H0z"/>'
    if name == "gingham":
        return 48, f'<path fill="{light}" fill-opacity=".55" d="M0 0h24v48H0zM0 0h48v24H0z"/>'
    if name == "hearts":
        return 84, (f'<path id="h" fill="{light}" d="M24 40C8 28 6 20 9 14c4-8 13-6 15 2 2-8 11-10 15-2 3 6 1 14-15 26z"/>'
                    '<use href="#h" x="42" y="42"/>')
    if name == "stars":
        return 84, (f'<path id="h" fill="{light}" d="M24 6l5 12 13 1-10 9 3 13-11-7-11 7 3-13-10-9 13-1z"/>'
                    '<use href="#h" x="42" y="42"/>')
    if name == "paisley":
        return 100, (f'<g id="h" fill="none" stroke="{light}" stroke-width="5"><path d="M30 8c22 8 26 40 4 44C16 54 8 38 18 28c6-6 14-10 12-20z"/>'
                     f'<circle cx="29" cy="38" r="4"/></g><use href="#h" x="50" y="48"/>')
    if name == "floral":
        return 96, (f'<g id="h"><g fill="{light}"><circle cx="24" cy="13" r="9"/><circle cx="35" cy="21" r="9"/><circle cx="31" cy="34" r="9"/>'
                    f'<circle cx="17" cy="34" r="9"/><circle cx="13" cy="21" r="9"/></g><circle cx="24" cy="25" r="7" fill="{dark}"/></g>'
                    '<use href="#h" x="48" y="48"/>')
    if name == "leaf":
        return 80, (f'<g id="h"><path fill="{light}" d="M10 38C8 18 22 8 38 10c2 18-8 30-28 28z"/><path stroke="{dark}" stroke-width="2" d="M10 38L32 16"/></g>'
                    '<use href="#h" x="40" y="40"/>')
    if name == "lace":
        return 72, (f'<g fill="none" stroke="{light}" stroke-width="4"><circle cx="36" cy="36" r="14"/><circle cx="36" cy="36" r="27" stroke-dasharray="7 7"/>'
                    '<circle cx="0" cy="0" r="9"/><circle cx="72" cy="0" r="9"/><circle cx="0" cy="72" r="9"/><circle cx="72" cy="72" r="9"/></g>')
    if name == "letters":
        return 100, (f'<g fill="none" stroke="{mix(color, INK, 0.45)}" stroke-width="7" stroke-linecap="round" stroke-linejoin="round">'
                     '<path d="M8 42L24 8l16 34M14 30h20"/><path d="M60 60v32h12a8 8 0 0 0 0-16H60h9a8 8 0 0 0 0-16z"/>'
                     '<path d="M90 14a15 15 0 1 0 0 20M10 60v32h8a16 16 0 0 0 0-32z"/></g>')
    if name == "union":
        return 170, (f'<path stroke="#fff" stroke-width="30" d="M0 0l170 170M170 0L0 170"/><path stroke="{COLORS["red"]}" stroke-width="10" d="M0 0l170 170M170 0L0 170"/>'
                     f'<path stroke="#fff" stroke-width="52" d="M85 0v170M0 85h170"/><path stroke="{COLORS["red"]}" stroke-width="30" d="M85 0v170M0 85h170"/>')
    raise SystemExit(f"no such pattern: {name}")


PATTERNS = {"dots", "reddots", "bluedots", "browndots", "spots", "circles", "stripes", "gingham",
            "hearts", "stars", "paisley", "floral", "leaf", "lace", "letters", "union"}


def element(kind: str, numbers: str, paint: str) -> str:
    if kind == "p":
        return f'<path d="{numbers}" {paint}/>'
    n = numbers.split()
    if kind == "r":
        return f'<rect x="{n[0]}" y="{n[1]}" width="{n[2]}" height="{n[3]}" rx="{n[4]}" {paint}/>'
    if kind == "c":
        return f'<circle cx="{n[0]}" cy="{n[1]}" r="{n[2]}" {paint}/>'
    if kind == "e":
        return f'<ellipse cx="{n[0]}" cy="{n[1]}" rx="{n[2]}" ry="{n[3]}" {paint}/>'
    raise SystemExit(f"no such kind of part: {kind}")


def shape_svg(name: str, color: str, pattern_id: str, spot_motif: str) -> str:
    """The parts of a shape; the body is painted again with the pattern of that id, if there is one."""
    paint = {
        "F": color, "D": mix(color, INK, 0.2), "L": mix(color, "#ffffff", 0.45), "W": "#FFFDF9",
        "K": "#4A443D", "M": "#B4B9BD", "O": COLORS["wood"], "A": VERMILION, "Y": COLORS["yellow"],
    }
    if is_light(color):
        paint["D"] = mix(color, INK, 0.14)
        paint["L"] = mix(color, "#ffffff", 0.7)
        paint["W"] = mix("#FFFDF9", color, 0.3)
    if name == "doll":
        paint["O"] = "#F1C9A5"
        paint["D"] = "#8B644B"
    out = []
    spot = None
    for line in SHAPES[name].splitlines():
        role, kind, numbers = line.split(" ", 2)
        if role == "spot":
            spot = [int(v) for v in line.split()[1:]]
            continue
        if kind == "s":
            width, d = numbers.split(" ", 1)
            out.append(f'<path d="{d}" fill="none" stroke="{paint[role]}" stroke-width="{width}" stroke-linecap="round" stroke-linejoin="round"/>')
            continue
        edge = f' stroke="{mix(color, INK, 0.22)}" stroke-width="4"' if role == "F" and is_light(color) else ""
        out.append(element(kind, numbers, f'fill="{paint[role]}"{edge}'))
        if role == "F" and pattern_id:
            out.append(element(kind, numbers, f'fill="url(#{pattern_id})"'))
    if spot and spot_motif:
        x, y, size = spot
        out.append(f'<g transform="translate({x - size / 2:g} {y - size / 2:g}) scale({size / 32:g})">{spot_motif}</g>')
    return "".join(out)


def has_spot(name: str) -> bool:
    return "\nspot " in SHAPES[name]


def ground_for(color: str, fallback: str) -> str:
    """A soft ground: the article's own hue, far up toward paper; light articles get the fallback's hue."""
    base = color
    if is_light(color):
        base = COLORS[fallback]
        if is_light(base):
            base = "#D8CCB8"
        return mix(base, PAPER, 0.7)
    if color == COLORS["black"]:
        return "#E6E1D8"
    return mix(base, PAPER, 0.76)


def picture(article: str, color_name: str, pattern_name: str, motif: str, emoji: dict, fallback: str) -> str:
    """One square SVG. `article` is an emoji's name or "@shape"; `motif` an emoji's name or empty."""
    is_shape = article.startswith("@")
    color = COLORS.get(color_name) or COLORS[fallback]
    ground = ground_for(color, fallback)
    defs = ""
    body = f'<path fill="{ground}" d="M0 0h800v800H0z"/>'
    if is_shape:
        name = article[1:]
        spot_motif = ""
        patterned = False
        if motif and has_spot(name):
            spot_motif = emoji[motif]
        elif motif:
            defs = ('<pattern id="p" width="150" height="150" patternUnits="userSpaceOnUse" x="20" y="20">'
                    f'<g id="m" transform="translate(8 8) scale(1.9)">{emoji[motif]}</g>'
                    '<use href="#m" x="75" y="75"/></pattern>')
            patterned = True
        if pattern_name and not patterned:
            side, inside = pattern(pattern_name, color)
            if name in ("bag", "cushion", "mat") and pattern_name == "union":
                side, inside = 420, f'<g transform="scale({420 / 170:.3f})">{inside}</g>'
            defs = f'<pattern id="p" width="{side}" height="{side}" patternUnits="userSpaceOnUse" x="190" y="190">{inside}</pattern>'
            patterned = True
        disk = mix(ground, INK, 0.05) if is_light(color) else mix(ground, PAPER, 0.45)
        body += f'<circle cx="400" cy="400" r="310" fill="{disk}"/>'
        body += f'<ellipse cx="400" cy="648" rx="200" ry="20" fill="{mix(ground, INK, 0.16)}"/>'
        body += shape_svg(name, color, "p" if patterned else "", spot_motif)
    else:
        if pattern_name and pattern_name != "union":  # The flag is too loud for a ground.
            side, inside = pattern(pattern_name, ground)
            defs = f'<pattern id="p" width="{side}" height="{side}" patternUnits="userSpaceOnUse">{inside}</pattern>'
            body += '<path fill="url(#p)" fill-opacity=".6" d="M0 0h800v800H0z"/>'
        body += f'<circle cx="400" cy="400" r="310" fill="{mix(ground, PAPER, 0.45)}"/>'
        body += f'<ellipse cx="400" cy="636" rx="170" ry="20" fill="{mix(ground, INK, 0.16)}"/>'
        body += f'<g transform="translate(192 192) scale(13)">{emoji[article]}</g>'
    return ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 800">'
            + (f"<defs>{defs}</defs>" if defs else "") + body + "</svg>\n")


def placed(svg: str, x: float, y: float, size: float) -> str:
    """A drawing on a canvas of 800 put into a square of the given size."""
    return f'<g transform="translate({x} {y}) scale({size / 800:g})">{svg}</g>'


def still_life(shape: str, color: str, pattern_name: str, number: int, motif: str) -> str:
    """An article of the hero: its shape with its own pattern, whose inner ids are made unique."""
    if not pattern_name:
        return shape_svg(shape, COLORS[color], "", motif)
    side, inside = pattern(pattern_name, COLORS[color])
    inside = inside.replace('id="h"', f'id="h{number}"').replace('#h"', f'#h{number}"')
    return (f'<pattern id="p{number}" width="{side}" height="{side}" patternUnits="userSpaceOnUse">{inside}</pattern>'
            + shape_svg(shape, COLORS[color], f"p{number}", motif))


def scene(width: int, height: int, table: int, sun, items, emoji: dict) -> str:
    """Goods on a table before a vermilion sun. An item: article, color, pattern, motif, x, foot, size."""
    x, y, r = sun
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">',
           f'<path fill="#F8F2E7" d="M0 0h{width}v{height}H0z"/><circle cx="{x}" cy="{y}" r="{r}" fill="{VERMILION}"/>',
           f'<path fill="#EBE1CE" d="M0 {table}h{width}v{height - table}H0z"/><path fill="#DFD2BA" d="M0 {table}h{width}v5H0z"/>']
    for number, (article, color, pattern_name, motif, left, foot, size) in enumerate(items):
        shadow = size * (0.27 if article.startswith("@") else 0.42)
        out.append(f'<ellipse cx="{left + size / 2:g}" cy="{foot:g}" rx="{shadow:g}" ry="{shadow * 0.13:g}" fill="#CFC0A3"/>')
        if article.startswith("@"):
            svg = still_life(article[1:], color, pattern_name, number, emoji.get(motif, ""))
            out.append(placed(svg, left, foot - size * 0.775, size))
        else:
            out.append(f'<g transform="translate({left} {foot - size * 0.94:g}) scale({size / 32:g})">{emoji[article]}</g>')
    return "".join(out) + "</svg>\n"


def heroes(emoji: dict) -> dict:
    """The hero as a wide picture with room for words at its left, and as a tall one with room above."""
    wide = scene(1200, 600, 415, (905, 215, 150), [
        ("@cakestand3", "rose", "", "", 700, 500, 480), ("@jar", "glass", "", "tulip", 560, 495, 360),
        ("@bag", "blue", "dots", "", 420, 520, 420), ("@teapot", "cream", "", "cherries", 860, 535, 330),
        ("@mug", "mint", "stripes", "", 665, 545, 210), ("cupcake", "", "", "", 1095, 548, 70)], emoji)
    tall = scene(800, 1000, 690, (500, 420, 190), [
        ("@cakestand3", "rose", "", "", 230, 800, 660), ("@jar", "glass", "", "tulip", 40, 790, 460),
        ("@bag", "blue", "dots", "", -80, 850, 540), ("@teapot", "cream", "", "cherries", 395, 870, 430),
        ("@mug", "mint", "stripes", "", 225, 890, 270), ("cupcake", "", "", "", 165, 910, 90)], emoji)
    return {"hero.svg": wide, "hero-phone.svg": tall}
