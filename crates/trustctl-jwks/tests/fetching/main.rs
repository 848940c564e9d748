//! Discovery and caching: what decides, without a network; what fetches, against a server on this machine.

#[cfg(test)]
mod cache;
#[cfg(test)]
mod common;
#[cfg(test)]
mod discovery;
#[cfg(test)]
mod http;
