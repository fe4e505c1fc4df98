//! Access tokens for mail servers: how they are requested, stored and renewed.

mod answer;
pub mod device_login;
pub mod error;
mod remedy;
mod service_account;
mod stored_token;
mod token_file;
mod token_request;
pub mod tokens;
