//! The files of a case: one is added by a form, and handed out as a download and nothing else.

use app::{access::Troubles, crises::Typed};
use axum::{
    body::Body,
    extract::{Multipart, Path, multipart::MultipartRejection},
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use backend::{
    access::{SeePersonalData, WorkCases},
    crises::{CaseRefused, FileRefused, LARGEST_FILE, NewFile},
};
use domain::crises::CaseId;

use super::one::{self, Saying, refused};
use crate::access::asked::{Asked, Refusal, encoded, see};

/// `POST /crises/{id}/files`
pub(super) async fn add(
    asked: Asked,
    Path(id): Path<String>,
    form: Result<Multipart, MultipartRejection>,
) -> Response {
    asked
        .answer(|asked| async move {
            let permit = asked.viewer()?.permit::<WorkCases>()?;
            let id = CaseId(id);
            let added = match file_of(form).await {
                Ok(file) => asked.state.cases.attach(&permit, &id, file).await,
                Err(why) => Err(why.into()),
            };
            let why = match added {
                Ok(_) => return Ok(see(&format!("/crises/{id}?done=files"))),
                Err(why) => why,
            };
            let (status, field) = match &why {
                CaseRefused::File(FileRefused::TooLarge) => (StatusCode::PAYLOAD_TOO_LARGE, "file"),
                CaseRefused::File(_) => (StatusCode::UNPROCESSABLE_ENTITY, "file"),
                CaseRefused::Changed | CaseRefused::Locked(_) | CaseRefused::Refusal(_) => {
                    (StatusCode::CONFLICT, "file")
                }
                _ => return Err(refused(why)),
            };
            let troubles = Troubles::default().and(field, why.to_string());
            let typed = Typed { what: "files".to_owned(), troubles, ..Typed::default() };
            one::draw(&asked, &id, status, Saying { typed, ..Saying::default() }).await
        })
        .await
}

/// The one file of the form, held in memory no further than it may be large.
async fn file_of(form: Result<Multipart, MultipartRejection>) -> Result<NewFile, FileRefused> {
    let mut form = form.map_err(|_| FileRefused::Empty)?;
    while let Ok(Some(mut field)) = form.next_field().await {
        if field.name() != Some("file") {
            continue;
        }
        let name = field.file_name().unwrap_or_default().to_owned();
        let mut content = Vec::new();
        loop {
            match field.chunk().await {
                Ok(Some(bytes)) if content.len() + bytes.len() <= LARGEST_FILE => {
                    content.extend_from_slice(&bytes);
                }
                Ok(Some(_)) => return Err(FileRefused::TooLarge),
                Ok(None) => return Ok(NewFile { name, content }),
                Err(_) => return Err(FileRefused::TooLarge),
            }
        }
    }
    Err(FileRefused::Empty)
}

/// `GET /crises/{id}/files/{file}`
pub(super) async fn download(asked: Asked, Path((id, file)): Path<(String, String)>) -> Response {
    asked
        .answer(|asked| async move {
            let permit = asked.viewer()?.permit::<SeePersonalData>()?;
            let id = CaseId(id);
            let found = match asked.state.cases.download(&permit, &id, &file).await {
                Ok(found) => found,
                Err(CaseRefused::File(FileRefused::Unknown)) => return Err(Refusal::NotFound),
                Err(why @ CaseRefused::Locked(_)) => {
                    let troubles = Troubles::default().and("", why.to_string());
                    let typed = Typed { what: "files".to_owned(), troubles, ..Typed::default() };
                    let saying = Saying { typed, ..Saying::default() };
                    return one::draw(&asked, &id, StatusCode::CONFLICT, saying).await;
                }
                Err(why) => return Err(refused(why)),
            };
            let disposition = format!("attachment; filename*=UTF-8''{}", encoded(&found.name));
            let header =
                |text: &str| HeaderValue::from_str(text).map_err(|error| Refusal::Inside(error.to_string()));
            let mut response = Response::new(Body::from(found.content.to_vec()));
            let answer = response.headers_mut();
            answer.insert(header::CONTENT_TYPE, header(&found.media_type)?);
            answer.insert(header::CONTENT_DISPOSITION, header(&disposition)?);
            Ok(response)
        })
        .await
}
