//! The library on a real folder: good pictures, damaged ones, bombs.

use crate::known::check_path;
use crate::{
    ALBUM_PHOTOS_MAX, Album, BYTES_MAX, Fault, Hash, Known, Library, Made, PHOTO_BYTES_MAX,
    PIXELS_MAX, PhotoSize, Picture, QUEUE_MAX, WIDTHS,
};
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder =
            std::env::temp_dir().join(format!("sesame-media-{name}-{}", std::process::id()));
        drop(std::fs::remove_dir_all(&folder));
        std::fs::create_dir_all(folder.join("media")).expect("a folder");
        Self(folder)
    }

    fn put(&self, path: &str, bytes: &[u8]) {
        let file = self.0.join("media").join(path);
        std::fs::create_dir_all(file.parent().expect("a parent")).expect("a folder");
        std::fs::write(file, bytes).expect("written");
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// A PNG with a gradient, with or without transparency.
fn png(width: u32, height: u32, color: png::ColorType) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(color);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().expect("a head");
    let channels = color.samples() as u32;
    let pixel = |n: u32| ((n / channels) % width * 255 / width) as u8;
    let data: Vec<u8> = (0..width * height * channels).map(pixel).collect();
    writer.write_image_data(&data).expect("pixels");
    writer.finish().expect("an end");
    bytes
}

/// The sum over a chunk of a PNG.
fn crc(chunk: &[u8]) -> [u8; 4] {
    let mut crc = !0_u32;
    for &byte in chunk {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 {
                crc >> 1 ^ 0xedb8_8320
            } else {
                crc >> 1
            };
        }
    }
    (!crc).to_be_bytes()
}

/// The head of a PNG that claims to be large.
fn bomb(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = png(1, 1, png::ColorType::Rgb);
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    // The sum over the head's chunk, as a careful bomb has it.
    let sum = crc(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&sum);
    bytes
}

fn save(library: &Library, path: &str, bytes: &[u8]) -> Result<Picture, Fault> {
    let (told, answer) = channel();
    let send = move |saved| told.send(saved).expect("somebody listens");
    library
        .save(path.to_string(), bytes.to_vec(), send)
        .expect("there is room");
    answer
        .recv_timeout(Duration::from_secs(60))
        .expect("an answer")
}

fn make(library: &Library, picture: &Picture) -> Made {
    let (told, answer) = channel();
    let send = move |made| told.send(made).expect("somebody listens");
    library.make(picture.hash, send).expect("there is room");
    answer
        .recv_timeout(Duration::from_secs(60))
        .expect("an answer")
}

fn until_known(library: &Library, path: &str) -> Known {
    let started = Instant::now();
    loop {
        if let Some(known) = library.known(path) {
            return known;
        }
        assert!(
            started.elapsed() < Duration::from_secs(60),
            "{path} is not looked at"
        );
        std::thread::park_timeout(Duration::from_millis(5));
    }
}

fn size_of(webp: &Path) -> (u32, u32, bool) {
    let bytes = std::fs::read(webp).expect("a variant");
    let features = webp::BitstreamFeatures::new(&bytes).expect("WebP");
    (features.width(), features.height(), features.has_alpha())
}

#[test]
fn a_picture_brought_by_hand_is_known_and_made_smaller_when_asked_for() {
    let folder = Folder::new("by-hand");
    folder.put("mugs/blue one.png", &png(700, 350, png::ColorType::Rgba));
    let library = Library::open(&folder.0).expect("a library");
    let Known::Picture(picture) = until_known(&library, "mugs/blue one.png") else {
        panic!("it is sound");
    };
    assert_eq!((picture.width, picture.height), (700, 350));
    assert!(
        !library.variant(picture.hash, 160).exists(),
        "nobody asked yet"
    );
    assert_eq!(make(&library, &picture), Made::Ready);
    let sizes = [160, 320, 480, 640, 960].map(|w| size_of(&library.variant(picture.hash, w)));
    let expected = [(160, 80), (320, 160), (480, 240), (640, 320), (700, 350)];
    assert_eq!(sizes.map(|(w, h, _)| (w, h)), expected);
    assert!(sizes.iter().all(|(_, _, alpha)| *alpha));
    assert!(
        !library.variant(picture.hash, 1440).exists(),
        "nothing is made larger"
    );
    let hash = picture.hash;
    assert_eq!(picture.src(300), format!("/media/v/{hash}/320.webp"));
    assert_eq!(picture.src(5_000), format!("/media/v/{hash}/960.webp"));
    assert!(
        picture
            .srcset()
            .ends_with(&format!("/media/v/{hash}/960.webp 700w"))
    );
    assert_eq!(picture.size(320), (320, 160));
}

#[test]
fn what_is_known_outlives_a_restart_and_a_file_that_is_gone_is_forgotten() {
    let folder = Folder::new("restart");
    folder.put("a.png", &png(20, 10, png::ColorType::Grayscale));
    folder.put("b.png", &png(20, 10, png::ColorType::Grayscale));
    let library = Library::open(&folder.0).expect("a library");
    let known = until_known(&library, "a.png");
    until_known(&library, "b.png");
    let written = folder.0.join("media-cache/known.tsv");
    drop(library);
    let started = Instant::now();
    while !std::fs::read_to_string(&written).is_ok_and(|text| text.lines().count() == 2) {
        assert!(
            started.elapsed() < Duration::from_secs(60),
            "it is not written down"
        );
        std::thread::park_timeout(Duration::from_millis(5));
    }
    let again = Library::open(&folder.0).expect("a library");
    assert_eq!(again.known("a.png"), Some(known.clone()), "at once");
    assert!(again.remove("a.png").expect("it can be deleted"));
    assert_eq!(again.known("a.png"), None);
    assert!(!again.remove("a.png").expect("it is gone"));
    let Known::Picture(picture) = known else {
        panic!("it is sound");
    };
    assert_eq!(
        again.path_of(picture.hash).as_deref(),
        Some("b.png"),
        "the same content"
    );
}

#[test]
fn hostile_pictures_are_refused_with_a_reason_and_replace_nothing() {
    let folder = Folder::new("hostile");
    let library = Library::open(&folder.0).expect("a library");
    let good = png(64, 64, png::ColorType::Rgb);
    let kept = save(&library, "a.png", &good).expect("it is sound");
    let mut cut = png(400, 400, png::ColorType::Rgb);
    cut.truncate(cut.len() / 2);
    let mut long = good.clone();
    long.resize(BYTES_MAX + 1, 0);
    let cases: [(&[u8], &str); 8] = [
        (b"", "neither a JPEG nor a PNG"),
        (b"<svg onload=alert(1)>", "neither a JPEG nor a PNG"),
        (b"\xff\xd8\xff\xe0 but no more", "cannot be read as JPEG"),
        (b"RIFF\x08\0\0\0WEBPVP8 ", "cannot be read as WebP"),
        (&bomb(100_000, 100_000), "30 million pixels"),
        (&bomb(16_001, 1), "has 16001 × 1 pixels"),
        (&cut, "cannot be read as PNG"),
        (&long, "26214401 bytes"),
    ];
    for (bytes, expected) in cases {
        let fault = save(&library, "a.png", bytes).expect_err(expected);
        assert!(fault.to_string().contains(expected), "{fault}");
    }
    assert_eq!(library.known("a.png"), Some(Known::Picture(kept)));
    let file = library.original("a.png").expect("a path");
    assert_eq!(std::fs::read(file).expect("it is there"), good);
    assert!(u64::from(u16::MAX) * u64::from(u16::MAX) > PIXELS_MAX);
}

#[test]
fn a_damaged_file_put_there_by_hand_is_listed_as_broken() {
    let folder = Folder::new("damaged");
    let mut cut = png(400, 400, png::ColorType::Rgb);
    cut.truncate(cut.len() / 2);
    folder.put("cut.png", &cut);
    folder.put("bomb.png", &bomb(90_000, 90_000));
    let library = Library::open(&folder.0).expect("a library");
    // Its head is sound: only who unpacks it sees that half of it is missing.
    let Known::Picture(picture) = until_known(&library, "cut.png") else {
        panic!("its head is sound");
    };
    assert_eq!(make(&library, &picture), Made::Broken);
    assert!(
        matches!(library.known("cut.png"), Some(Known::Broken(reason)) if reason.contains("damaged"))
    );
    assert!(matches!(
        until_known(&library, "bomb.png"),
        Known::Broken(_)
    ));
    let broken = library.list("", true, 10);
    let paths: Vec<&str> = broken.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(paths, ["bomb.png", "cut.png"]);
    assert_eq!(
        make(&library, &picture),
        Made::Gone,
        "it is asked for no more"
    );
}

#[test]
fn paths_stay_below_the_folder() {
    for good in [
        "a.jpg",
        "mugs/blue one.JPEG",
        "ä/猫.webp",
        "v.png",
        "w/v/x.png",
    ] {
        assert_eq!(check_path(good), Ok(()), "{good}");
    }
    let long = format!("{}.png", "x".repeat(300));
    for bad in [
        "",
        "a",
        "a.svg",
        "../a.png",
        "a/../b.png",
        "/a.png",
        "a//b.png",
        ".hidden.png",
        "a/.b.png",
        "a\\b.png",
        "a\nb.png",
        "a\0.png",
        "v/a.png",
        &long,
    ] {
        assert_eq!(check_path(bad), Err(Fault::Path), "{bad:?}");
    }
}

#[test]
fn a_library_without_a_folder_knows_nothing_and_takes_nothing() {
    let library = Library::default();
    assert_eq!(library.known("a.png"), None);
    assert!(library.original("a.png").is_none());
    assert!(library.save("a.png".into(), Vec::new(), |_| {}).is_err());
    assert!(library.remove("a.png").is_err());
    // Names are bounded, so is what waits.
    assert!(QUEUE_MAX < 10_000 && WIDTHS.is_sorted());
}

/// Sends a photo and waits for what comes of it.
fn send(library: &Library, album: &Album, bytes: &[u8]) -> Result<Hash, Fault> {
    let (told, answer) = channel();
    let tell = move |saved| told.send(saved).expect("somebody listens");
    library
        .save_photo(album.clone(), bytes.to_vec(), tell)
        .expect("there is room");
    answer
        .recv_timeout(Duration::from_secs(60))
        .expect("an answer")
}

#[test]
fn a_photo_is_kept_small_in_its_album_alone_without_what_its_file_said() {
    let folder = Folder::new("photos");
    let library = Library::open(&folder.0).expect("a library");
    let (mine, other) = (Album::new("return-a"), Album::new("return-b"));
    let (mine, other) = (mine.expect("a name"), other.expect("a name"));
    // A text chunk, as cameras leave them with the place, between head and pixels.
    let mut bytes = png(2000, 1000, png::ColorType::Rgb);
    let text = b"\0\0\0\x0ctEXtplace\0secret";
    bytes.splice(33..33, [&text[..], &crc(&text[4..])].concat());
    let photo = send(&library, &mine, &bytes).expect("a photo");
    let photos = library.photos();
    assert!(photos.has(&mine, photo) && !photos.has(&other, photo));
    for (size, width, height) in [(PhotoSize::Whole, 1600, 800), (PhotoSize::Small, 320, 160)] {
        let file = photos.file(&mine, photo, size);
        assert_eq!(size_of(&file), (width, height, false));
        let kept = std::fs::read(file).expect("a file");
        assert!(!kept.windows(6).any(|part| part == b"secret"));
    }
    assert_eq!(send(&library, &mine, &bytes), Ok(photo), "once");
}

#[test]
fn photos_that_nothing_refers_to_are_found_and_removed_and_others_stay() {
    let folder = Folder::new("waiting");
    let library = Library::open(&folder.0).expect("a library");
    let album = Album::new("return-a").expect("a name");
    let lost = send(&library, &album, &png(20, 10, png::ColorType::Rgb)).expect("a photo");
    let used = send(&library, &album, &png(10, 20, png::ColorType::Rgb)).expect("a photo");
    let photos = library.photos();
    photos.keep(&album, used).expect("kept");
    assert_eq!(photos.waiting(Duration::from_secs(60), 9), [], "too new");
    let waiting = photos.waiting(Duration::ZERO, 9);
    assert_eq!(waiting, [(album.clone(), lost)]);
    photos.remove(&album, lost).expect("removed");
    assert!(!photos.has(&album, lost) && photos.has(&album, used));
    assert_eq!(photos.waiting(Duration::ZERO, 9), []);
    assert_eq!(photos.keep(&album, lost).ok(), Some(()), "twice is fine");
}

#[test]
fn photos_that_are_none_or_too_many_are_refused_and_leave_nothing() {
    let folder = Folder::new("refused");
    let library = Library::open(&folder.0).expect("a library");
    let album = Album::new("return-a").expect("a name");
    let refused = |bytes: &[u8]| send(&library, &album, bytes).expect_err("no photo");
    assert_eq!(refused(b"a text named photo.jpg"), Fault::Format);
    let (width, height) = (20_000, 20_000);
    let big = Fault::Pixels { width, height };
    assert_eq!(refused(&bomb(width, height)), big);
    let long = vec![0; PHOTO_BYTES_MAX + 1];
    assert!(matches!(refused(&long), Fault::Bytes { .. }));
    let half = png(40, 40, png::ColorType::Rgb);
    assert!(matches!(refused(&half[..60]), Fault::Damaged { .. }));
    assert_eq!(library.photos().waiting(Duration::ZERO, 9), []);
    for width in 1..=ALBUM_PHOTOS_MAX as u32 {
        send(&library, &album, &png(width, 1, png::ColorType::Rgb)).expect("room");
    }
    assert_eq!(refused(&png(1, 2, png::ColorType::Rgb)), Fault::AlbumFull);
    for name in ["", "a/b", "..", "A", "a+b", &"a".repeat(65)] {
        assert_eq!(Album::new(name), None, "{name}");
    }
}
