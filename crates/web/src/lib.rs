//! The HTTP edge: server-rendered pages, data twins, assets.
