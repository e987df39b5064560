//! The pages as a whole: texts complete, HTML sound, nothing unescaped.
