"""Draws the pictures of the demo goods as small square SVGs.

A picture is a soft ground, a gentle shadow and one article in the middle: either
an emoji or one of the simple shapes below, filled with the variant's color, its
pattern (dots, stripes, paisley ...) or its motif. Only plain shapes leave this
module: no script, no text, no font, no link to anything outside the file.
"""

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

# Shapes on a canvas of 800 x 800; the article fills about the middle 400.
# One part a line: role, kind, numbers. Roles: F body (color, pattern), D darker,
# L lighter, W near white, K dark, M metal, O wood, A accent, Y yellow. Kinds: r rect x y w h radius;
# c circle cx cy r; e ellipse cx cy rx ry; p path; s stroke width path.
# "spot x y size" says where a single motif goes; without it a motif is tiled.
SHAPES = {
    "bag": """D s 16 M310 300 C310 170 490 170 490 300
F p M215 285 H585 L610 600 Q610 622 586 622 H214 Q190 622 190 600 Z
D p M215 285 H585 L587 312 H213 Z""",
    "tote": """D s 14 M335 330 C335 150 465 150 465 330
F p M260 320 H540 L560 610 Q560 630 540 630 H260 Q240 630 240 610 Z""",
    "lunchbag": """D r 330 190 140 60 20
F p M240 240 H560 L580 600 Q580 620 560 620 H240 Q220 620 220 600 Z
D p M240 240 H560 L563 300 H237 Z
M c 400 300 15""",
    "lunchbox": """D s 20 M335 290 V240 Q335 220 355 220 H445 Q465 220 465 240 V290
F r 195 285 410 310 46
D r 195 400 410 12 0
M r 285 380 44 56 10
M r 471 380 44 56 10""",
    "backpack": """D s 18 M340 230 Q340 180 400 180 Q460 180 460 230
F p M235 620 V360 Q235 220 400 220 Q565 220 565 360 V620 Q565 640 545 640 H255 Q235 640 235 620 Z
D r 285 450 230 150 24
L r 285 450 230 46 20
M r 385 478 30 36 8""",
    "suitcase": """D s 20 M340 300 V250 Q340 230 360 230 H440 Q460 230 460 250 V300
F r 190 290 420 290 36
D r 250 290 26 290 0
D r 524 290 26 290 0""",
    "wallet": """F r 200 270 400 270 28
L r 230 300 340 20 8
D r 200 395 400 10 0""",
    "pouch": """F p M215 330 H585 L600 540 Q600 590 550 590 H250 Q200 590 200 540 Z
M r 210 312 380 26 13
M c 400 300 18
spot 400 460 130""",
    "mug": """D s 34 M545 330 C660 320 660 500 535 500
F p M225 260 H555 V540 Q555 600 495 600 H285 Q225 600 225 540 Z
L e 390 260 165 26
spot 390 430 150""",
    "teacup": """W e 400 575 235 44
D e 400 570 150 26
D s 24 M560 370 C650 360 640 480 535 480
F p M225 330 H575 Q575 560 400 570 Q225 560 225 330 Z
L e 400 330 175 28
spot 400 440 110""",
    "beaker": """F p M255 240 H545 L515 600 Q512 620 490 620 H310 Q288 620 285 600 Z
L e 400 240 145 22
spot 400 440 140""",
    "bowl": """F p M190 340 H610 Q610 570 400 590 Q190 570 190 340 Z
D e 400 590 90 14
L e 400 340 210 36
spot 400 465 120""",
    "plate": """F c 400 400 215
L c 400 400 150
W c 400 400 140
spot 400 400 130""",
    "cutlery": """M r 318 200 14 130 7
M r 342 200 14 130 7
M r 294 200 14 130 7
M p M294 300 H356 Q356 360 335 370 V410 H315 V370 Q294 360 294 300 Z
F r 306 400 38 220 19
M e 480 270 48 72
M r 470 330 20 90 4
F r 461 400 38 220 19""",
    "eggcup": """Y e 400 320 95 125
F p M285 330 H515 Q510 460 420 475 V540 Q500 550 500 590 H300 Q300 550 380 540 V475 Q290 460 285 330 Z
spot 400 400 90""",
    "sundae": """F p M265 230 H535 Q520 430 420 460 V560 Q500 570 510 610 H290 Q300 570 380 560 V460 Q280 430 265 230 Z
L e 400 230 135 24""",
    "tile": """F r 225 225 350 350 20
spot 400 400 190""",
    "cakestand": """D r 386 470 28 120 6
F e 400 605 120 22
F p M180 430 H620 Q610 480 400 480 Q190 480 180 430 Z
L e 400 430 220 30
spot 400 340 170""",
    "cakestand3": """M r 393 170 14 430 6
M c 400 175 20
F e 400 300 105 24
L e 400 296 92 17
F e 400 435 160 32
L e 400 430 144 24
F e 400 590 220 42
L e 400 584 200 32
M r 393 200 14 92 6
M r 393 318 14 108 6
M r 393 450 14 128 6""",
    "teapot": """D s 30 M560 370 C680 350 670 540 545 530
F p M250 400 C180 400 190 300 150 290 C210 270 270 330 280 380 Z
F e 400 460 180 150
D e 400 325 100 20
F e 400 312 86 34
D c 400 270 22
spot 400 470 140""",
    "jug": """D s 28 M530 340 C640 340 620 510 525 510
F p M285 250 H520 C505 330 560 400 560 490 Q560 610 410 610 Q260 610 260 490 C260 400 320 340 250 250 Z
spot 410 480 120""",
    "cakecase": """L p M235 400 Q230 250 400 250 Q570 250 565 400 Z
A c 400 250 34
F p M225 390 H575 L535 600 Q532 612 518 612 H282 Q268 612 265 600 Z
D s 5 M290 395 L312 610 M345 395 L356 610 M400 395 V610 M455 395 L444 610 M510 395 L488 610""",
    "mixbowl": """O r 490 170 30 230 15
F p M185 370 H615 Q610 590 400 600 Q190 590 185 370 Z
L e 400 370 215 40
D e 400 600 90 14""",
    "cutter": """M s 20 M400 560 C220 440 200 380 210 330 C225 250 345 230 400 330 C455 230 575 250 590 330 C600 380 580 440 400 560 Z
O c 560 560 64
spot 400 410 150""",
    "doily": """F c 400 400 190
W c 400 210 34
W c 400 590 34
W c 210 400 34
W c 590 400 34
W c 266 266 34
W c 534 266 34
W c 266 534 34
W c 534 534 34
L c 400 400 150
F c 400 400 120
spot 400 400 130""",
    "rollingpin": """F r 230 350 340 100 34
D r 150 378 90 44 20
D r 560 378 90 44 20""",
    "scales": """F p M250 400 H550 L590 610 Q590 625 570 625 H230 Q210 625 210 610 Z
W c 400 505 80
K s 8 M400 505 L440 455
A c 400 505 10
M p M210 300 H590 Q580 370 400 372 Q220 370 210 300 Z
D r 380 365 40 40 4""",
    "canister": """F r 250 300 300 310 30
D r 235 255 330 60 22
D c 400 240 26
spot 400 460 130""",
    "breadbin": """F r 180 320 440 280 60
D r 180 400 440 10 0
M r 340 430 120 22 11""",
    "towel": """F p M235 210 H565 V600 H235 Z
D p M235 540 H565 V556 H235 Z
L p M235 210 H330 V600 H235 Z
spot 440 390 150""",
    "glove": """F p M280 330 Q280 190 400 190 Q520 190 520 330 V590 H300 V520 Q200 470 205 400 Q212 350 255 368 L280 385 Z
D r 290 560 240 50 16
spot 405 380 120""",
    "apron": """D s 12 M320 240 C330 150 470 150 480 240
F p M310 230 H490 Q490 360 580 380 V610 Q580 625 565 625 H235 Q220 625 220 610 V380 Q310 360 310 230 Z
D p M300 440 H500 V520 Q500 545 475 545 H325 Q300 545 300 520 Z""",
    "brush": """O r 380 180 40 260 20
F r 290 420 220 70 26
W p M300 490 H500 L520 590 H280 Z""",
    "pegs": """O r 270 210 60 380 26
D r 292 400 16 190 8
F r 370 210 60 380 26
D r 392 400 16 190 8
O r 470 210 60 380 26
D r 492 400 16 190 8""",
    "tlight": """F p M255 300 H545 L520 600 Q518 615 500 615 H300 Q282 615 280 600 Z
Y e 400 415 34 62
W e 400 430 15 32
L e 400 300 145 24
D r 330 520 140 40 8""",
    "candle": """Y p M400 170 C450 240 440 290 400 290 C360 290 350 240 400 170 Z
W p M400 220 C420 250 416 280 400 280 C384 280 380 250 400 220 Z
K r 396 280 8 40 2
F r 300 315 200 300 20
L e 400 322 100 18
spot 400 480 130""",
    "candleset": """Y e 270 290 18 34
Y e 400 240 18 34
Y e 530 290 18 34
K r 267 310 6 34 2
K r 397 260 6 34 2
K r 527 310 6 34 2
F r 225 340 90 270 14
F r 355 290 90 320 14
F r 485 340 90 270 14
spot 400 480 80""",
    "incense": """O s 14 M320 550 L450 230
O s 14 M370 550 L530 250
Y c 452 226 12
Y c 532 246 12
D s 12 M452 200 C420 160 490 140 460 90
F p M210 540 H590 Q590 600 400 605 Q210 600 210 540 Z
D e 400 540 190 24""",
    "lights": """K s 8 M130 300 Q400 460 670 300
F c 215 375 44
Y c 335 420 44
F c 465 420 44
Y c 585 375 44
D r 200 320 30 26 6
D r 320 362 30 26 6
D r 450 362 30 26 6
D r 570 320 30 26 6
spot 400 540 150""",
    "lamp": """F p M320 220 H480 L570 420 H230 Z
Y e 400 420 170 20
D r 388 430 24 150 6
D e 400 600 110 24""",
    "lantern": """K s 12 M350 230 C350 150 450 150 450 230
F p M400 190 L520 280 H280 Z
F r 270 280 260 310 14
W r 305 320 190 230 10
Y p M400 390 C440 440 430 480 400 480 C370 480 360 440 400 390 Z
D r 350 480 100 66 8
F r 250 585 300 34 12
spot 400 370 90""",
    "heart": """K s 7 M400 300 V175
F p M400 610 C220 480 175 400 195 320 C220 220 350 215 400 310 C450 215 580 220 605 320 C625 400 580 480 400 610 Z
spot 400 400 170""",
    "star": """K s 7 M400 220 V150
F p M400 190 L462 325 L610 342 L500 442 L530 588 L400 515 L270 588 L300 442 L190 342 L338 325 Z
spot 400 405 130""",
    "knob": """D e 400 560 90 30
M r 375 500 50 70 8
F c 400 380 160
L e 350 310 50 30""",
    "bottle": """D r 365 170 70 60 10
F p M370 225 H430 V300 Q530 330 530 420 V590 Q530 620 500 620 H300 Q270 620 270 590 V420 Q270 330 370 300 Z
W r 300 430 200 120 10
spot 400 490 100""",
    "jar": """F r 265 290 270 330 50
D r 275 220 250 80 18
W r 300 390 200 150 12
spot 400 465 120""",
    "sign": """K s 7 M260 300 L400 180 L540 300
K c 400 180 9
F r 180 290 440 300 22
W r 200 310 400 260 14
F r 212 322 376 236 8
spot 400 440 170""",
    "number": """F r 270 240 260 320 24
W s 8 M290 260 H510 V540 H290 Z
W c 400 275 8
W c 400 525 8""",
    "slate": """O r 190 230 420 340 18
F r 222 262 356 276 8
W s 6 M270 340 H500 M270 400 H460 M270 460 H520
spot 400 400 150""",
    "board": """O r 190 230 420 340 18
F r 215 255 370 290 6
W r 260 300 110 130 4
Y r 420 330 110 110 4
A c 315 305 12
A c 475 335 12""",
    "frame": """F r 200 190 400 420 14
D r 245 235 310 330 6
W r 258 248 284 304 4
spot 400 400 170""",
    "mirror": """F c 400 360 190
W c 400 360 150
L p M310 400 L440 250 L480 270 L340 440 Z
D r 380 545 40 90 18
spot 400 480 120""",
    "clock": """F c 400 400 210
W c 400 400 165
K s 12 M400 400 V290
K s 10 M400 400 L480 440
A c 400 400 14
K s 8 M400 250 V268 M400 532 V550 M250 400 H268 M532 400 H550""",
    "alarm": """D e 300 240 70 54
D e 500 240 70 54
K r 385 180 30 60 10
D s 26 M290 570 L250 625 M510 570 L550 625
F c 400 410 190
W c 400 410 145
K s 12 M400 410 V320
K s 10 M400 410 L465 445
A c 400 410 13""",
    "hooks": """F r 170 300 460 110 20
M s 18 M250 400 V470 C250 530 310 520 305 475
M s 18 M400 400 V470 C400 530 460 520 455 475
M s 18 M550 400 V470 C550 530 610 520 605 475
spot 400 355 90""",
    "box": """F r 215 330 370 270 14
D r 200 270 400 80 14
L r 370 270 60 330 0
spot 400 470 130""",
    "crate": """F r 190 300 420 70 8
F r 190 390 420 70 8
F r 190 480 420 70 8
D r 210 280 40 300 6
D r 550 280 40 300 6""",
    "book": """D p M260 200 H560 V620 H260 Q220 620 220 580 V240 Q220 200 260 200 Z
W p M250 590 H550 V612 H250 Z
F p M260 190 H555 V585 H260 Q225 585 225 610 V230 Q225 190 260 190 Z
spot 400 380 170""",
    "tin": """F p M220 320 H580 V570 Q580 610 400 610 Q220 610 220 570 Z
L e 400 320 180 46
D s 8 M222 350 Q222 392 400 392 Q578 392 578 350
spot 400 490 130""",
    "mat": """F r 150 270 500 270 18
L s 6 M172 292 H628 V518 H172 Z
spot 400 405 170""",
    "cushion": """F p M210 220 Q400 250 590 220 Q560 400 590 590 Q400 560 210 590 Q240 400 210 220 Z
spot 400 405 190""",
    "wrap": """F p M250 210 H510 V600 H250 Z
L p M250 210 H290 V600 H250 Z
D e 380 208 130 34
W e 380 208 70 18
D e 380 208 34 9
F p M510 340 Q600 330 610 420 V620 Q590 560 510 560 Z""",
    "tape": """F c 400 400 190
D c 400 400 120
W c 400 400 105
F r 400 540 220 52 4""",
    "ribbon": """F c 390 390 180
L c 390 390 110
O c 390 390 92
W c 390 390 34
F p M390 520 Q520 530 620 600 L630 560 Q560 490 390 480 Z""",
    "giftbag": """D s 10 M340 290 C340 200 460 200 460 290
F r 245 280 310 340 10
D p M245 280 H300 V620 H255 Q245 620 245 610 Z
spot 425 460 160""",
    "giftbox": """F r 215 350 370 250 12
D r 195 285 410 80 14
W r 375 285 50 315 0
A p M400 285 C320 280 300 190 350 190 C390 190 400 250 400 285 Z
A p M400 285 C480 280 500 190 450 190 C410 190 400 250 400 285 Z""",
    "card": """W p M430 230 L610 265 V575 L430 610 Z
F r 210 220 240 400 8
L s 5 M228 238 H432 V602 H228 Z
spot 330 410 160""",
    "tissue": """F r 235 230 330 350 24
W p M320 230 Q400 340 480 230 Z
L r 270 400 260 10 5
spot 400 470 130""",
    "napkin": """D p M240 260 H590 V610 H240 Z
L p M225 245 H575 V595 H225 Z
F p M210 230 H560 V580 H210 Z
W s 4 M385 230 V580 M210 405 H560""",
    "tissuebox": """W p M330 300 Q300 200 380 220 Q420 150 450 230 Q520 220 470 300 Z
F r 200 300 400 290 18
D e 400 304 130 14
spot 400 460 140""",
    "bunting": """K s 7 M110 270 Q400 400 690 270
F p M150 292 L270 332 L195 450 Z
A p M285 336 L395 352 L345 480 Z
F p M410 352 L520 335 L475 470 Z
Y p M540 330 L655 290 L625 420 Z
spot 400 570 130""",
    "chain": """F s 28 M200 330 a60 60 0 1 0 120 0 a60 60 0 1 0 -120 0
A s 28 M290 400 a60 60 0 1 0 120 0 a60 60 0 1 0 -120 0
D s 28 M390 430 a60 60 0 1 0 120 0 a60 60 0 1 0 -120 0
F s 28 M490 380 a60 60 0 1 0 120 0 a60 60 0 1 0 -120 0""",
    "straws": """F s 26 M320 620 V270 L390 180
A s 26 M400 620 V270 L470 180
F s 26 M480 620 V270 L550 180""",
    "pencils": """O p M285 330 L310 190 L335 330 Z
O p M345 310 L370 170 L395 310 Z
O p M405 310 L430 165 L455 310 Z
O p M465 330 L490 190 L515 330 Z
A r 285 310 50 120 0
Y r 345 300 50 120 0
D r 405 300 50 120 0
L r 465 310 50 120 0
F r 260 370 280 250 18
D e 400 372 140 14
spot 400 500 150""",
    "eraser": """F r 230 320 340 190 34
W r 430 320 140 190 34
D r 420 320 18 190 0
spot 330 415 120""",
    "sharpener": """F r 250 290 300 230 26
M r 330 250 140 190 10
K e 400 345 40 56
spot 400 470 80""",
    "notebook": """W r 255 200 315 430 10
F r 235 190 320 430 16
D r 235 190 46 430 16
L r 330 270 180 90 8
spot 420 450 150""",
    "notepad": """W r 240 210 320 410 10
F r 240 190 320 110 14
D s 5 M280 370 H520 M280 430 H520 M280 490 H440
spot 480 550 90""",
    "stamp": """O r 370 190 60 170 28
O r 300 340 200 70 18
F r 270 410 260 70 10
D r 285 480 230 18 4
spot 400 560 100""",
    "magnets": """F c 300 310 92
F c 500 310 92
F c 300 500 92
F c 500 500 92
spot 300 310 110""",
    "stickers": """W r 215 200 370 420 16
F c 310 310 72
F c 480 310 72
F c 310 480 72
F p M408 480 a72 72 0 0 1 144 0 L480 552 A72 72 0 0 1 408 480 Z""",
    "harmonica": """M r 180 330 440 140 24
F r 195 300 410 70 14
K r 215 410 40 30 4
K r 280 410 40 30 4
K r 345 410 40 30 4
K r 410 410 40 30 4
K r 475 410 40 30 4
K r 540 410 40 30 4""",
    "dominoes": """F r 250 210 130 300 20
W r 265 225 100 130 10
W r 265 365 100 130 10
K c 315 290 16
K c 290 405 14
K c 340 455 14
F r 420 290 130 300 20
W r 435 305 100 130 10
W r 435 445 100 130 10
K c 460 330 14
K c 510 410 14
K c 485 370 14
K c 485 510 16""",
    "tictactoe": """F r 210 210 380 380 20
D s 10 M337 230 V570 M463 230 V570 M230 337 H570 M230 463 H570
A s 16 M245 245 L305 305 M305 245 L245 305
K s 16 M370 400 a30 30 0 1 0 60 0 a30 30 0 1 0 -60 0
A s 16 M495 495 L555 555 M555 495 L495 555""",
    "tablet": """F r 210 220 380 360 30
W r 245 255 310 240 10
D r 330 515 140 40 12
spot 400 375 170""",
    "puzzle": """F p M220 230 H350 C330 170 430 170 410 230 H540 V360 C600 340 600 440 540 420 V560 H220 Z
D s 6 M380 235 V330 C440 310 440 400 380 385 V555 M225 400 H300 C280 340 360 340 345 400 H535
spot 330 320 90""",
    "cards": """W p M300 230 L500 190 L560 540 L360 580 Z
F p M230 240 H440 Q450 240 450 250 V600 Q450 610 440 610 H230 Q220 610 220 600 V250 Q220 240 230 240 Z
W s 5 M238 258 H432 V592 H238 Z
spot 335 425 140""",
    "windmill": """O r 391 390 18 250 4
F p M400 350 L250 300 Q240 220 330 210 Z
D p M400 350 L450 200 Q530 190 540 280 Z
F p M400 350 L550 400 Q560 480 470 490 Z
D p M400 350 L350 500 Q270 510 260 420 Z
Y c 400 350 26""",
    "bucket": """M s 12 M240 330 C240 150 560 150 560 330
F p M225 320 H575 L535 600 Q532 620 510 620 H290 Q268 620 265 600 Z
D e 400 320 175 26
spot 400 470 140""",
    "spade": """O r 386 180 28 260 8
F r 340 165 120 34 17
F p M310 420 H490 V540 Q480 620 400 640 Q320 620 310 540 Z""",
    "trowel": """O r 376 180 48 170 22
M r 390 340 20 90 4
F p M340 420 H460 Q470 560 400 640 Q330 560 340 420 Z""",
    "can": """D s 22 M300 330 C320 210 480 210 480 330
F p M520 470 L640 310 L670 330 L570 540 Z
F r 250 330 290 270 40
D r 620 286 76 26 10
spot 395 460 140""",
    "lolly": """O r 380 520 40 120 18
F r 310 190 180 350 80
L r 340 240 20 200 10
spot 400 370 130""",
    "wreath": """F s 70 M230 410 a170 170 0 1 0 340 0 a170 170 0 1 0 -340 0
D s 8 M230 410 a170 170 0 1 0 340 0 a170 170 0 1 0 -340 0
A p M400 560 L320 610 V530 Z M400 560 L480 610 V530 Z
A c 400 560 20
spot 400 410 110""",
    "cracker": """D p M150 330 L260 380 V430 L150 480 Z
D p M650 330 L540 380 V430 L650 480 Z
F r 250 330 300 150 20
Y r 270 330 24 150 0
Y r 506 330 24 150 0
spot 400 405 120""",
    "egg": """F p M400 190 C500 190 560 350 560 440 C560 540 490 610 400 610 C310 610 240 540 240 440 C240 350 300 190 400 190 Z""",
    "basket": """D s 20 M250 370 C250 170 550 170 550 370
F p M190 360 H610 L570 590 Q566 610 545 610 H255 Q234 610 230 590 Z
D s 6 M200 420 H600 M212 480 H588 M222 540 H578""",
    "matches": """O r 320 200 14 150 3
O r 360 190 14 150 3
O r 400 200 14 150 3
O r 440 185 14 150 3
A c 327 196 15
A c 367 186 15
A c 407 196 15
A c 447 181 15
F r 270 310 240 310 14
D r 270 310 30 310 0
spot 405 470 140""",
    "hammock": """O r 150 200 26 420 10
O r 624 200 26 420 10
F p M163 300 Q400 640 637 300 Q400 480 163 300 Z
W s 8 M230 372 Q400 560 570 372""",
    "warmer": """F r 240 250 320 320 90
D s 8 M270 300 Q400 270 530 300
spot 400 410 180""",
    "hwb": """D r 372 626 56 26 10
F p M338 160 H462 L440 215 V262 Q440 292 484 298 Q568 308 568 384 V556 Q568 636 488 636 H312 Q232 636 232 556 V384 Q232 308 316 298 Q360 292 360 262 V215 Z
D r 352 218 96 24 10
D s 8 M268 395 V545 M532 395 V545
D s 8 M300 375 V565 M500 375 V565
spot 400 465 160""",
    "swissroll": """F c 400 400 190
W s 26 M400 400 m0 0 c30 -40 90 0 60 60 c-40 70 -160 50 -170 -50 c-6 -100 110 -160 210 -100""",
    "sponge": """F p M240 300 Q300 240 400 260 Q520 230 570 310 Q610 420 560 520 Q470 600 370 570 Q250 590 230 480 Q200 380 240 300 Z
spot 400 415 210""",
    "stocking": """F p M330 260 H500 V450 Q500 500 540 520 Q600 560 560 610 Q520 650 420 600 Q330 560 330 470 Z
W r 310 200 210 80 26""",
    "umbrella": """D s 16 M400 400 V580 Q400 630 350 630 Q310 630 310 590
F p M160 400 Q180 190 400 180 Q620 190 640 400 Q590 360 560 400 Q520 360 480 400 Q440 360 400 400 Q360 360 320 400 Q280 360 240 400 Q210 360 160 400 Z
K r 394 150 12 40 4""",
    "hat": """F e 400 500 240 60
D e 400 480 150 34
F p M270 480 Q280 250 400 240 Q520 250 530 480 Q400 520 270 480 Z
A p M270 440 Q400 490 530 440 V480 Q400 525 270 480 Z""",
    "coat": """F p M330 220 H470 L590 320 L550 430 L510 400 V620 H290 V400 L250 430 L210 320 Z
D p M330 220 Q400 290 470 220 L450 200 H350 Z
D r 396 270 8 350 0
W c 420 340 9
W c 420 420 9
W c 420 500 9""",
    "tag": """K s 8 M300 270 C240 200 340 150 380 230
F p M290 250 H460 L580 400 L460 620 H290 Q270 620 270 600 V270 Q270 250 290 250 Z
W c 320 300 18
spot 410 440 140""",
    "cloche": """F p M240 560 V390 Q240 220 400 220 Q560 220 560 390 V560 Z
L p M275 520 V400 Q275 290 340 262 L350 280 Q305 310 300 400 V520 Z
D c 400 205 22
O r 200 555 400 44 16""",
    "house": """F r 250 390 300 220 8
A p M400 210 L600 400 H200 Z
W r 370 470 60 140 6
W r 280 430 60 60 6
W r 460 430 60 60 6
spot 400 340 80""",
    "doll": """O c 400 255 80
D p M320 250 Q320 165 400 165 Q480 165 480 250 Q450 200 400 205 Q350 200 320 250 Z
D c 312 270 28
D c 488 270 28
K c 374 258 7
K c 426 258 7
A s 5 M380 288 Q400 302 420 288
F p M345 335 H455 L560 560 H240 Z
O r 340 555 36 80 14
O r 424 555 36 80 14""",
    "croquet": """O r 250 190 26 400 8
F r 190 540 150 90 20
M s 12 M430 610 V430 Q430 360 490 360 Q550 360 550 430 V610
A c 590 590 40""",
    "packet": """F p M265 205 L285 190 L305 205 L325 190 L345 205 L365 190 L385 205 L400 190 L415 205 L435 190 L455 205 L475 190 L495 205 L515 190 L535 205 V600 Q535 615 520 615 H280 Q265 615 265 600 Z
D r 265 225 270 12 0
W r 300 300 200 220 16
spot 400 410 160""",
    "carton": """D p M510 215 L570 240 V600 L510 622 Z
F r 240 215 270 407 8
W r 270 330 210 200 14
L r 270 255 210 40 8
spot 375 430 150""",
    "foodcan": """M r 275 225 250 390 26
M e 400 238 125 26
F r 275 290 250 260 0
D e 400 236 104 16
W r 315 330 170 180 14
spot 400 420 140""",
    "balloon": """K s 6 M400 560 C370 610 430 630 400 690
F p M400 170 C520 170 570 260 560 350 C550 450 470 530 400 545 C330 530 250 450 240 350 C230 260 280 170 400 170 Z
D p M385 540 H415 L425 566 H375 Z
L e 320 270 26 46
spot 400 350 170""",
    "pen": """F p M275 560 L500 240 L560 282 L335 602 Z
D p M500 240 L530 198 Q545 184 566 198 L582 210 Q598 226 588 240 L560 282 Z
M p M275 560 L335 602 L262 632 Z
L p M520 300 L536 312 L430 462 L414 450 Z""",
    "quill": """F p M560 170 C640 300 560 480 360 560 C300 500 330 330 560 170 Z
D s 10 M560 170 C480 330 400 460 250 640
L s 6 M420 400 L500 400 M450 340 L530 320 M390 460 L450 480""",
    "lips": """K r 320 440 160 180 12
Y r 335 380 130 70 6
F p M345 380 V270 L455 200 V380 Z
L p M345 290 L455 215 V240 L345 316 Z""",
    "ruler": """F p M180 500 L560 210 L620 290 L240 580 Z
K s 6 M226 465 L250 497 M272 430 L290 454 M318 395 L342 427 M364 360 L382 384 M410 325 L434 357 M456 290 L474 314 M502 255 L526 287""",
    "rope": """F s 16 M250 300 C120 640 680 640 550 300
O r 226 190 48 130 22
O r 526 190 48 130 22
D r 226 300 48 20 8
D r 526 300 48 20 8""",
    "cabinet": """D r 235 590 40 40 6
D r 525 590 40 40 6
F r 215 220 370 380 16
D s 6 M245 250 H555 V400 H245 Z M245 420 H555 V570 H245 Z
M c 400 325 16
M c 400 495 16""",
    "button": """F c 400 400 190
D c 400 400 150
F c 400 400 138
W c 355 355 22
W c 445 355 22
W c 355 445 22
W c 445 445 22""",
    "drop": """F p M400 190 C520 340 560 420 560 480 Q560 620 400 620 Q240 620 240 480 C240 420 280 340 400 190 Z
D p M375 180 H425 L440 215 H360 Z
L e 330 470 26 60""",
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
