//! The shapes of pictures that the block around them decides: pictures side by side have one shape, and a portrait is a square.

use comrak::nodes::{Node, NodeValue};

use crate::edition::blocks::{columns, media};
use crate::edition::images::collection::PictureSet;
use crate::edition::images::picture::PictureShape;
use crate::issue::manuscript::content_blocks::{self, ContentKind};

/// A class that begins with this word has the shape of a picture. Authors cannot write it, since their classes have no spaces.
const SHAPED: &str = "shaped ";

/// Decides the shapes of a tree's pictures. It runs before any picture is loaded, since it reads the files that they name.
pub(crate) fn decide(root: Node<'_>, pictures: &PictureSet<'_>) {
    for (block, content) in content_blocks::all(root) {
        match content.kind {
            ContentKind::Person => {
                let portrait = media::picture(block);
                let image = portrait.and_then(|portrait| portrait.descendants().find(|node| url(node).is_some()));
                if let Some(image) = image {
                    give(image, PictureShape::SQUARE);
                }
            }
            ContentKind::Columns => {
                let gallery = columns::gallery(block).unwrap_or_default();
                let shapes: Vec<PictureShape> = gallery.iter().filter_map(|node| pictures.shape(&url(node)?)).collect();
                if let Some(shape) = PictureShape::between(&shapes) {
                    for image in gallery {
                        give(image, shape);
                    }
                }
            }
            _ => {}
        }
    }
}

/// The shape that was decided for a picture.
pub(crate) fn of(image: Node<'_>) -> Option<PictureShape> {
    let data = image.data();
    let mut classes = data.attrs.as_ref()?.classes.iter();
    let (wide, tall) = classes.find_map(|class| class.strip_prefix(SHAPED)?.split_once(' '))?;
    Some(PictureShape { wide: wide.parse().ok()?, tall: tall.parse().ok()? })
}

fn give(image: Node<'_>, shape: PictureShape) {
    let class = format!("{SHAPED}{} {}", shape.wide, shape.tall);
    image.data_mut().attrs.get_or_insert_with(Box::default).classes.push(class);
}

/// The address of a picture; none if the node is not one.
fn url(node: Node<'_>) -> Option<String> {
    match &node.data().value {
        NodeValue::Image(link) => Some(link.url.clone()),
        _ => None,
    }
}
