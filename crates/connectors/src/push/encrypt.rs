//! A message that one browser alone can read: RFC 8291 over the content encoding `aes128gcm` (RFC 8188).
//!
//! The push service passes on what it cannot read. Each message has a key pair and a salt of its own, thrown away
//! afterwards.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use p256::elliptic_curve::point::AffineCoordinates;
use p256::elliptic_curve::sec1::ToEncodedPoint;
use p256::{PublicKey, SecretKey};
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};
use sha2::Sha256;

/// Bytes of a message at most: with what encryption adds it stays below the 4,096 that every service takes.
pub const PLAIN_BYTES_MAX: usize = 3_000;
/// Bytes of a public key: uncompressed.
const POINT_BYTES: usize = 65;
const AUTH_BYTES: usize = 16;
const SALT_BYTES: usize = 16;
const KEY_BYTES: usize = 16;
const SECRET_BYTES: usize = 32;
/// The record size of RFC 8188: a message is one record.
const RECORD_BYTES: u32 = 4_096;
/// What ends the last record.
const LAST_RECORD: u8 = 2;
/// Random numbers that are no key come once in four billion.
const KEY_ATTEMPTS_MAX: usize = 8;

/// Why a message could not be encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EncryptError {
    /// It is longer than services take.
    #[error("the message is longer than {PLAIN_BYTES_MAX} bytes")]
    TooLong,
    /// The system gives no randomness.
    #[error("the system gives no random bytes")]
    NoRandomness,
}

/// The keys with which a browser reads its messages.
#[derive(Clone, PartialEq, Eq)]
pub struct BrowserKeys {
    public: PublicKey,
    auth: [u8; AUTH_BYTES],
}

impl BrowserKeys {
    /// Reads `p256dh` and `auth` of a subscription, each in base64url; `None` when they are no keys: not as long as
    /// they must be, or no point of the curve.
    pub fn parse(p256dh: &str, auth: &str) -> Option<Self> {
        let point = URL_SAFE_NO_PAD.decode(p256dh).ok()?;
        let public = PublicKey::from_sec1_bytes(&point).ok()?;
        let auth = URL_SAFE_NO_PAD.decode(auth).ok()?;
        let auth = auth.try_into().ok()?;
        (point.len() == POINT_BYTES).then_some(Self { public, auth })
    }
}

/// Encrypts a message for a browser.
///
/// # Errors
/// As [`EncryptError`] says.
pub fn encrypt(plain: &[u8], to: &BrowserKeys) -> Result<Vec<u8>, EncryptError> {
    let random = SystemRandom::new();
    let mut salt = [0; SALT_BYTES];
    let filled = random.fill(&mut salt);
    filled.map_err(|_| EncryptError::NoRandomness)?;
    for _ in 0..KEY_ATTEMPTS_MAX {
        let mut secret = [0; SECRET_BYTES];
        let filled = random.fill(&mut secret);
        filled.map_err(|_| EncryptError::NoRandomness)?;
        if let Ok(secret) = SecretKey::from_slice(&secret) {
            return encrypt_with(plain, to, &secret, salt);
        }
    }
    Err(EncryptError::NoRandomness)
}

fn encrypt_with(
    plain: &[u8],
    to: &BrowserKeys,
    secret: &SecretKey,
    salt: [u8; SALT_BYTES],
) -> Result<Vec<u8>, EncryptError> {
    if plain.len() > PLAIN_BYTES_MAX {
        return Err(EncryptError::TooLong);
    }
    let ours = secret.public_key().to_encoded_point(false);
    let shared = shared(secret, &to.public);
    let theirs = to.public.to_encoded_point(false);
    let (key, nonce) = keys(
        &shared,
        &to.auth,
        (theirs.as_bytes(), ours.as_bytes()),
        salt,
    );
    let mut record = plain.to_vec();
    record.push(LAST_RECORD);
    let key = UnboundKey::new(&AES_128_GCM, &key).expect("a key of this length");
    LessSafeKey::new(key)
        .seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::empty(),
            &mut record,
        )
        .expect("a record is shorter than the cipher's bound");
    let mut body = Vec::with_capacity(SALT_BYTES + 5 + POINT_BYTES + record.len());
    body.extend_from_slice(&salt);
    body.extend_from_slice(&RECORD_BYTES.to_be_bytes());
    body.push(u8::try_from(ours.len()).expect("the length of a point"));
    body.extend_from_slice(ours.as_bytes());
    body.extend_from_slice(&record);
    Ok(body)
}

/// What both sides can work out (ECDH): the x coordinate of the common point.
fn shared(secret: &SecretKey, public: &PublicKey) -> [u8; SECRET_BYTES] {
    let point = public.to_projective() * *secret.to_nonzero_scalar();
    point.to_affine().x().into()
}

/// The key and the nonce of the one record: RFC 8291, section 3.4.
fn keys(
    shared: &[u8],
    auth: &[u8],
    (theirs, ours): (&[u8], &[u8]),
    salt: [u8; SALT_BYTES],
) -> ([u8; KEY_BYTES], [u8; NONCE_LEN]) {
    let common = mac(auth, &[shared]);
    let common = mac(&common, &[b"WebPush: info\0", theirs, ours, &[1]]);
    let of_message = mac(&salt, &[&common]);
    let key = mac(&of_message, &[b"Content-Encoding: aes128gcm\0", &[1]]);
    let nonce = mac(&of_message, &[b"Content-Encoding: nonce\0", &[1]]);
    (first(&key), first(&nonce))
}

fn mac(key: &[u8], parts: &[&[u8]]) -> [u8; SECRET_BYTES] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any length of key is allowed");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

fn first<const N: usize>(bytes: &[u8; SECRET_BYTES]) -> [u8; N] {
    std::array::from_fn(|at| bytes[at])
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The example of RFC 8291, section 5.
    const PLAIN: &str = "When I grow up, I want to be a watermelon";
    const OURS: &str = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw";
    pub const THEIR_SECRET: &str = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94";
    pub const THEIRS: &str =
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
    pub const AUTH: &str = "BTBZMqHH6r4Tts7J_aSIgg";
    const SALT: &str = "DGv6ra1nlYgDCS1FRnbzlw";
    const BODY: &str = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";

    fn bytes(text: &str) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(text).expect("base64url")
    }

    /// Reads a message as a browser does: HKDF and the cipher's key by `ring`, the header taken apart anew.
    pub fn decrypt(body: &[u8], secret: &str, auth: &str) -> Vec<u8> {
        use ring::hkdf::{HKDF_SHA256, KeyType, Salt};
        struct Bytes(usize);
        impl KeyType for Bytes {
            fn len(&self) -> usize {
                self.0
            }
        }
        fn expand(prk: &ring::hkdf::Prk, info: &[&[u8]], length: usize) -> Vec<u8> {
            let mut out = vec![0; length];
            let okm = prk.expand(info, Bytes(length)).expect("short");
            okm.fill(&mut out).expect("as long as asked");
            out
        }
        let secret = SecretKey::from_slice(&bytes(secret)).expect("a key");
        let (salt, rest) = body.split_at(SALT_BYTES);
        let (record_bytes, rest) = rest.split_at(4);
        assert_eq!(record_bytes, 4_096u32.to_be_bytes());
        let (point, record) = rest[1..].split_at(usize::from(rest[0]));
        let ours = secret.public_key().to_encoded_point(false);
        let public = PublicKey::from_sec1_bytes(point).expect("a point");
        let common = Salt::new(HKDF_SHA256, &bytes(auth)).extract(&shared(&secret, &public));
        let info = [b"WebPush: info\0", ours.as_bytes(), point];
        let common = expand(&common, &info, 32);
        let of_message = Salt::new(HKDF_SHA256, salt).extract(&common);
        let key = expand(&of_message, &[b"Content-Encoding: aes128gcm\0"], 16);
        let nonce = expand(&of_message, &[b"Content-Encoding: nonce\0"], 12);
        let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).expect("a key"));
        let nonce = Nonce::try_assume_unique_for_key(&nonce).expect("a nonce");
        let mut record = record.to_vec();
        let plain = key.open_in_place(nonce, Aad::empty(), &mut record);
        let (last, plain) = plain.expect("sound").split_last().expect("not empty");
        assert_eq!(*last, LAST_RECORD);
        plain.to_vec()
    }

    #[test]
    fn the_example_of_the_standard() {
        let to = BrowserKeys::parse(THEIRS, AUTH).expect("keys");
        let secret = SecretKey::from_slice(&bytes(OURS)).expect("a key");
        let salt = bytes(SALT).try_into().expect("16 bytes");
        let body = encrypt_with(PLAIN.as_bytes(), &to, &secret, salt).expect("encrypted");
        assert_eq!(URL_SAFE_NO_PAD.encode(&body), BODY);
        assert_eq!(decrypt(&body, THEIR_SECRET, AUTH), PLAIN.as_bytes());
    }

    #[test]
    fn a_browser_reads_what_was_encrypted_for_it() {
        let to = BrowserKeys::parse(THEIRS, AUTH).expect("keys");
        for plain in [Vec::new(), b"x".to_vec(), vec![b'y'; PLAIN_BYTES_MAX]] {
            let body = encrypt(&plain, &to).expect("encrypted");
            assert!(body.len() <= 4_096);
            assert_eq!(decrypt(&body, THEIR_SECRET, AUTH), plain);
            assert_ne!(body, encrypt(&plain, &to).expect("encrypted"), "a salt");
        }
        let long = vec![0; PLAIN_BYTES_MAX + 1];
        assert_eq!(encrypt(&long, &to), Err(EncryptError::TooLong));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let off_the_curve = URL_SAFE_NO_PAD.encode([&[4][..], &[1; 64]].concat());
        let compressed = {
            let keys = BrowserKeys::parse(THEIRS, AUTH).expect("keys");
            URL_SAFE_NO_PAD.encode(keys.public.to_encoded_point(true))
        };
        for (p256dh, auth) in [
            ("", AUTH),
            (THEIRS, ""),
            (&THEIRS[..80], AUTH),
            (THEIRS, &AUTH[..20]),
            (&off_the_curve, AUTH),
            (&compressed, AUTH),
            ("AA", AUTH),
            ("é", AUTH),
            (THEIRS, "BTBZMqHH6r4Tts7J_aSIgg=="),
        ] {
            assert!(
                BrowserKeys::parse(p256dh, auth).is_none(),
                "{p256dh} {auth}"
            );
        }
    }
}
