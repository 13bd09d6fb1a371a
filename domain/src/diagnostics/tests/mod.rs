mod masking;
mod sentences;
