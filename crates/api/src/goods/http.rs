//! `POST /api/v1/imports` and `GET /api/v1/exports/{file}`, for operators and local commands.

use super::run::{ImportError, ImportReport, Mode, Shop, carry_out};
use super::{BYTES_MAX, FILES_MAX, InputFile, Kind};
use crate::app::App;
use crate::auth::guard::Staff;
use crate::error::ApiError;
use crate::v1::request::Params;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRef, FromRequest, Multipart, Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use commerce::switch::Work;
use serde::Deserialize;
use std::sync::atomic::{AtomicBool, Ordering};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Seconds after which who met another import should come back.
const RETRY_AFTER_S: u32 = 5;
/// Bytes of a body: the files and what stands between them.
const BODY_BYTES_MAX: usize = BYTES_MAX + 1024 * 1024;
/// Faults in an answer, of all files together.
const ANSWER_ERRORS_MAX: usize = super::ERRORS_MAX;

/// Whether an import is under way: one at a time, so that memory stays bounded.
static UNDER_WAY: AtomicBool = AtomicBool::new(false);

/// The routes with what they say of themselves.
pub(crate) fn routes<S>() -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    App: FromRef<S>,
{
    OpenApiRouter::new()
        .routes(routes!(import_goods))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .routes(routes!(export_goods))
}

/// How files are imported.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ImportQuery {
    /// `true` checks the files and writes nothing.
    pub check: Option<bool>,
    /// The name of a single file, for messages.
    #[param(max_length = 200)]
    pub name: Option<String>,
}

/// Files to import; their kinds are told by their headers.
#[derive(ToSchema)]
#[allow(
    dead_code,
    reason = "it describes the form; the parts are read one by one"
)]
pub struct ImportForm {
    /// CSV files.
    #[schema(format = "binary", content_media_type = "text/csv")]
    file: Vec<String>,
}

/// Imports CSV files: locations, categories, products, prices, stock. One bad line, and nothing of any
/// file is written. Goods that did not change are left alone, so that a second time changes nothing.
#[utoipa::path(
    post,
    path = "/imports",
    tag = "goods",
    params(ImportQuery),
    request_body(content(
        (ImportForm = "multipart/form-data"),
        (String = "text/csv"),
    )),
    responses(
        (status = 200, description = "What became of the lines.", body = ImportReport),
        (status = 422, description = "Lines are bad; `details.files` names each with its reason.",
            body = crate::v1::wire::ErrorBody),
    )
)]
async fn import_goods(
    State(app): State<App>,
    staff: Staff,
    Params(query): Params<ImportQuery>,
    request: Request,
) -> Result<Json<ImportReport>, ApiError> {
    let turn = Turn::take().ok_or_else(|| ApiError::overloaded(RETRY_AFTER_S))?;
    let files = files(request, query.name).await?;
    let mode = match query.check {
        Some(true) => Mode::Check,
        _ => Mode::Write,
    };
    let work = move || {
        let _turn = turn;
        let inputs: Vec<InputFile> = files
            .iter()
            .map(|(name, bytes)| InputFile { name, bytes })
            .collect();
        let reading = super::read(&inputs, &mut |_| {});
        let shop = Shop {
            door: &app.door,
            shelf: &app.shelf,
            ids: &app.ids,
        };
        carry_out(shop, staff.actor, &reading, mode, &mut |_, _| {})
    };
    let done = tokio::task::spawn_blocking(work).await;
    let done = done.map_err(|e| ApiError::internal(&e.to_string()))?;
    Ok(Json(done.map_err(refused)?))
}

/// The turn of one import, given back when it ends in whatever way.
struct Turn;

impl Turn {
    fn take() -> Option<Self> {
        (!UNDER_WAY.swap(true, Ordering::AcqRel)).then_some(Self)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        UNDER_WAY.store(false, Ordering::Release);
    }
}

/// The files of a request: the parts of a form, or the body itself.
async fn files(request: Request, name: Option<String>) -> Result<Vec<(String, Bytes)>, ApiError> {
    match essence(request.headers()).as_str() {
        "multipart/form-data" => {
            let form = Multipart::from_request(request, &()).await;
            parts(form.map_err(|e| ApiError::body_invalid(e.body_text()))?).await
        }
        "text/csv" => {
            let bytes = Bytes::from_request(request, &())
                .await
                .map_err(|e| too_large(e.status()))?;
            Ok(vec![(name.unwrap_or_else(|| "file".to_string()), bytes)])
        }
        _ => Err(ApiError::media_type_is_not_csv()),
    }
}

async fn parts(mut form: Multipart) -> Result<Vec<(String, Bytes)>, ApiError> {
    let mut files = Vec::new();
    while let Some(part) = form.next_field().await.map_err(|e| too_large(e.status()))? {
        if files.len() == FILES_MAX {
            return Err(ApiError::body_invalid(format!(
                "at most {FILES_MAX} files are"
            )));
        }
        let name = part
            .file_name()
            .or(part.name())
            .unwrap_or("file")
            .to_string();
        let bytes = part.bytes().await.map_err(|e| too_large(e.status()))?;
        files.push((name, bytes));
    }
    if files.is_empty() {
        return Err(ApiError::body_invalid("there is no file in it"));
    }
    Ok(files)
}

fn too_large(status: StatusCode) -> ApiError {
    if status == StatusCode::PAYLOAD_TOO_LARGE {
        ApiError::body_too_large()
    } else {
        ApiError::body_invalid("it did not arrive whole")
    }
}

fn essence(headers: &HeaderMap) -> String {
    let declared = headers
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok());
    let essence = declared.unwrap_or("").split(';').next().unwrap_or("");
    essence.trim().to_ascii_lowercase()
}

fn refused(error: ImportError) -> ApiError {
    match error {
        ImportError::Bad(mut files) => {
            let mut room = ANSWER_ERRORS_MAX;
            for file in &mut files {
                file.errors.truncate(room);
                room -= file.errors.len();
            }
            ApiError::import_invalid(&files)
        }
        ImportError::Failed { error, written } => {
            if !written.is_empty() {
                tracing::warn!(%error, ?written, "an import ended after a part of its files");
            }
            error.into()
        }
    }
}

/// One kind of goods as a CSV file: `products.csv`, `prices.csv`, `stock.csv`, `locations.csv` or
/// `categories.csv`. Importing it changes nothing.
#[utoipa::path(
    get,
    path = "/exports/{file}",
    tag = "goods",
    params(("file" = String, Path, description = "The kind with `.csv` at its end.", example = "products.csv")),
    responses((status = 200, description = "The file.", body = String, content_type = "text/csv"))
)]
async fn export_goods(
    State(app): State<App>,
    _staff: Staff,
    Path(file): Path<String>,
) -> Result<Response, ApiError> {
    let kind = file.strip_suffix(".csv").and_then(Kind::parse);
    let kind = kind.ok_or_else(|| ApiError::not_found("export"))?;
    app.admit(Work::Exports)?;
    let write = move || {
        let mut out = Vec::new();
        super::export(&app.shelf.read(), kind, &mut out).map(|()| out)
    };
    let written = tokio::task::spawn_blocking(write).await;
    let written = written.map_err(|e| ApiError::internal(&e.to_string()))?;
    let text = written.map_err(|e| ApiError::internal(&e.to_string()))?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_string()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{}.csv\"", kind.word()),
        ),
    ];
    Ok((headers, text).into_response())
}
