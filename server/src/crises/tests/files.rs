//! The files of a case.

use super::*;

#[tokio::test]
async fn a_file_is_kept_and_handed_out_as_a_download_only() {
    let world = sealed().await;
    let mut support = world.signed_in("support", "support").await;
    let mut viewer = world.signed_in("viewer", "viewer").await;
    let address = opened(&world, &mut support).await;
    let files = format!("{address}/files");
    let html = "<script>alert(1)</script>";
    let added = world.upload(&mut support, &files, "a \"contract\".html", html.as_bytes()).await;
    assert_eq!(location(&added), format!("{address}?done=files"), "{}", added.body);
    let page = world.get(&mut support, &address).await;
    let from = page.body.find(&format!("{files}/")).unwrap();
    let link: String = page.body[from..].chars().take_while(|letter| *letter != '"').collect();
    let file = world.get(&mut support, &link).await;
    assert_eq!((file.status, file.body.as_str()), (StatusCode::OK, html));
    let told = |name: &str| file.headers.get(name).unwrap().to_str().unwrap();
    assert_eq!(told("content-type"), "text/plain; charset=utf-8");
    assert!(told("content-disposition").starts_with("attachment; filename*=UTF-8''a%20"));
    assert_eq!(told("x-content-type-options"), "nosniff");
    assert_eq!(world.get(&mut viewer, &link).await.status, StatusCode::FORBIDDEN);
    let program = world.upload(&mut support, &files, "photo.png", b"\x7fELF\x00\x00").await;
    assert_eq!(program.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(program.body.contains("of no type that is taken"), "{}", program.body);
    let large = world.upload(&mut support, &files, "large.txt", &vec![b'a'; 10 * 1024 * 1024 + 1]).await;
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
    let fits = world.upload(&mut support, &files, "fits.txt", &vec![b'a'; 10 * 1024 * 1024]).await;
    assert_eq!(fits.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_file_is_removed_for_good_with_a_reason() {
    let world = sealed().await;
    let mut support = world.signed_in("support", "support").await;
    let address = opened(&world, &mut support).await;
    world.upload(&mut support, &format!("{address}/files"), "guests.txt", b"marked-guest").await;
    let page = world.get(&mut support, &address).await;
    let file =
        page.body.split(&format!("{address}/files/")).nth(1).unwrap().split('"').next().unwrap().to_owned();
    let remove = format!("{address}/remove-file");
    let why = world.post(&mut support, &remove, &format!("step={file}&text=+")).await;
    assert_eq!(why.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(why.body.contains("Say why.") && why.body.contains(&format!("remove-file-{file}-trouble")));
    let done = world.post(&mut support, &remove, &format!("step={file}&text=sent+by+mistake")).await;
    assert_eq!(location(&done), format!("{address}?done=remove-file"));
    let page = world.get(&mut support, &address).await;
    assert!(page.body.contains("removed a file") && page.body.contains("sent by mistake"));
    assert!(!page.body.contains("guests.txt"));
    let gone = world.get(&mut support, &format!("{address}/files/{file}")).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    let again = world.post(&mut support, &remove, &format!("step={file}&text=again")).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(again.body.contains("There is no such file."));
}
