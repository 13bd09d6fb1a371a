//! The stylesheet: the files of `style/` in one, in an order that people can rely on.

use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// What everything else builds on, in this order; after them come the features, by name.
const FIRST: [&str; 4] = ["tokens.css", "base.css", "layout.css", "components.css"];
const ASSETS: [&str; 6] = ["svg", "png", "ico", "webp", "avif", "woff2"];

/// An image or a font of `style/`.
pub struct Asset {
    /// Its path under `style/`, which is how stylesheets and pages name it.
    pub path: String,
    pub file_name: String,
    pub bytes: Vec<u8>,
}

/// All images and fonts under `style`, by path; none when there is no such folder yet.
pub fn read_assets(style: &Path) -> Result<Vec<Asset>> {
    let mut assets = Vec::new();
    for path in files_below(style)? {
        let ending = path.extension().unwrap_or_default().to_string_lossy();
        if ASSETS.contains(&ending.as_ref()) {
            assets.push(Asset {
                path: path.strip_prefix(style)?.to_string_lossy().replace('\\', "/"),
                file_name: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
                bytes: fs::read(&path)?,
            });
        }
    }
    assets.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(assets)
}

fn files_below(folder: &Path) -> Result<Vec<std::path::PathBuf>> {
    let mut found = Vec::new();
    if folder.is_dir() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                found.extend(files_below(&path)?);
            } else {
                found.push(path);
            }
        }
    }
    Ok(found)
}

/// All stylesheets of the folder in one, with the names of images and fonts replaced by their hashed ones.
pub fn bundle(style: &Path, assets: &BTreeMap<String, String>) -> Result<String> {
    let mut names = Vec::new();
    if style.is_dir() {
        for entry in fs::read_dir(style)? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if name.ends_with(".css") {
                names.push(name);
            }
        }
    }
    let mut text = String::new();
    for name in in_order(names) {
        let path = style.join(&name);
        let css = fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?;
        text += &css;
        text.push('\n');
    }
    for (path, hashed) in assets {
        for quote in ["", "\"", "'"] {
            text = text
                .replace(&format!("url({quote}{path}{quote})"), &format!("url({quote}{hashed}{quote})"))
                .replace(&format!("url({quote}./{path}{quote})"), &format!("url({quote}{hashed}{quote})"));
        }
    }
    Ok(super::squeeze::squeeze(&text))
}

fn in_order(mut names: Vec<String>) -> Vec<String> {
    let place = |name: &String| FIRST.iter().position(|first| first == name).unwrap_or(FIRST.len());
    names.sort_by(|one, other| place(one).cmp(&place(other)).then_with(|| one.cmp(other)));
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_foundation_comes_first_then_the_features_by_name() {
        let names = ["shell.css", "base.css", "components.css", "alerts.css", "tokens.css", "layout.css"];
        assert_eq!(
            in_order(names.map(str::to_owned).to_vec()),
            ["tokens.css", "base.css", "layout.css", "components.css", "alerts.css", "shell.css"]
        );
    }

    #[test]
    fn images_and_fonts_are_found_and_named_in_the_stylesheet() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("fonts")).unwrap();
        fs::write(folder.path().join("fonts/a.woff2"), "font").unwrap();
        fs::write(folder.path().join("favicon.svg"), "<svg/>").unwrap();
        fs::write(folder.path().join("notes.txt"), "no").unwrap();
        fs::write(folder.path().join("base.css"), "a { src: url(\"fonts/a.woff2\") }").unwrap();
        let assets = read_assets(folder.path()).unwrap();
        let paths: Vec<&str> = assets.iter().map(|asset| asset.path.as_str()).collect();
        assert_eq!(paths, ["favicon.svg", "fonts/a.woff2"]);
        let names = BTreeMap::from([("fonts/a.woff2".to_owned(), "a.0f.woff2".to_owned())]);
        assert_eq!(bundle(folder.path(), &names).unwrap(), "a{src:url(\"a.0f.woff2\")}");
    }

    #[test]
    fn no_folder_is_an_empty_stylesheet() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(bundle(&folder.path().join("style"), &BTreeMap::new()).unwrap(), "");
    }
}
