//! Photos of a form: where they are chosen, those that were kept before, and what is wrong with a file.

use super::layout::Frame;
use api::photos::{FIELD_DROPPED, FIELD_FILES, FIELD_KEPT, FORM_PHOTOS_MAX, Problem, Wrong};
use maud::{Markup, html};
use media::Hash;
use std::fmt::Display;

/// Formats that we read, for the browser to offer. A phone that takes others converts its photos to these.
const ACCEPT: &str = "image/jpeg,image/png,image/webp";
/// Bytes of a photo in a form, in the megabytes that a shopper knows.
const MEGABYTES: usize = media::PHOTO_BYTES_MAX / (1024 * 1024);
const BOUNDS: [(&str, &dyn Display); 2] = [("max", &MEGABYTES), ("count", &FORM_PHOTOS_MAX)];

/// What is wrong with a file, with its name.
pub fn problem_text(frame: &Frame, problem: &Problem) -> String {
    let key = match problem.wrong {
        Wrong::TooLong => "photo.wrong.too_long",
        Wrong::TooMany => "photo.wrong.too_many",
        Wrong::Format => "photo.wrong.format",
        Wrong::Damaged => "photo.wrong.damaged",
        Wrong::Pixels => "photo.wrong.pixels",
        Wrong::Busy => "photo.wrong.busy",
        Wrong::Incomplete => "photo.wrong.incomplete",
    };
    let text = frame.texts.with(key, &BOUNDS);
    match problem.file.is_empty() {
        true => text,
        false => format!("{}: {text}", problem.file),
    }
}

/// The field. It stands behind all fields of text: what was typed has arrived when a file is too long. `small` gives
/// the address of a small photo that was kept before, `hint` is the text that says who will see them.
pub fn field(
    frame: &Frame,
    kept: &[Hash],
    small: impl Fn(Hash) -> String,
    hint: &'static str,
) -> Markup {
    let t = frame.texts;
    html! {
        fieldset.photos data-island="photos" data-bytes=(media::PHOTO_BYTES_MAX) data-count=(FORM_PHOTOS_MAX)
            data-too-long=(t.with("photo.wrong.too_long", &BOUNDS)) data-too-many=(t.with("photo.wrong.too_many", &BOUNDS))
            data-no-picture=(t.t("photo.wrong.format")) {
            legend { (t.t("photo.title")) }
            @if !kept.is_empty() {
                ul.thumbs { @for photo in kept {
                    li {
                        img src=(small(*photo)) alt=(t.t("photo.yours")) width="96" height="96";
                        input type="hidden" name=(FIELD_KEPT) value=(photo);
                        label { input type="checkbox" name=(FIELD_DROPPED) value=(photo); " " (t.t("photo.drop")) }
                    }
                } }
            }
            div.field {
                label for="photos" { (t.t("photo.choose")) " " span.quiet { (t.t("field.optional")) } }
                input #photos type="file" name=(FIELD_FILES) accept=(ACCEPT) multiple aria-describedby="photos-hint";
                p.quiet #photos-hint { (t.with(hint, &BOUNDS)) }
            }
            ul.thumbs data-previews hidden {}
            p.field-error data-problem role="alert" hidden {}
        }
    }
}
