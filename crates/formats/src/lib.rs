//! Reads and writes the files people have: bytes in, core types out, and back.
