//! The real fetcher against a small server on a loopback address.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use trustctl_jwks::{
    CacheLimits, DiscoveryError, Fetch, FetchError, HttpFetch, IssuerSource, KeyCache, Loopback, discover,
};
use trustctl_token::UnixTime;

use crate::common::{document, key_set};

/// A server that hands every connection, with the path that was asked for, to a function. It lives as long as the test process.
struct Server {
    address: String,
    asked: Arc<AtomicUsize>,
}

fn serve(answer: impl Fn(&str, &str, &mut TcpStream) + Send + Sync + 'static) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (asked, answer) = (Arc::new(AtomicUsize::new(0)), Arc::new(answer));
    let (own, count) = (address.clone(), Arc::clone(&asked));
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (own, count, answer) = (own.clone(), Arc::clone(&count), Arc::clone(&answer));
            thread::spawn(move || {
                let mut stream = stream.unwrap();
                let path = request_path(&mut stream);
                count.fetch_add(1, Ordering::SeqCst);
                answer(&own, &path, &mut stream);
            });
        }
    });
    Server { address, asked }
}

fn request_path(stream: &mut TcpStream) -> String {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read == 1) {
        head.push(byte[0]);
    }
    String::from_utf8(head).unwrap().split(' ').nth(1).unwrap_or_default().to_owned()
}

fn respond(stream: &mut TcpStream, status: &str, headers: &str, body: &[u8]) {
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n{headers}\r\n", body.len());
    // The client may have seen enough and gone.
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
}

fn fetcher() -> HttpFetch {
    HttpFetch::with_timeout(Duration::from_millis(600)).unwrap()
}

fn local(issuer: &str) -> IssuerSource {
    IssuerSource::new(issuer, [""; 0], Loopback::PlainHttp).unwrap()
}

#[test]
fn keys_are_discovered_and_follow_a_rotation() {
    let rotated = Arc::new(AtomicUsize::new(0));
    let state = Arc::clone(&rotated);
    let server = serve(move |own, path, stream| match path {
        "/.well-known/openid-configuration" => {
            respond(stream, "200 OK", "", document(own, &format!("{own}/jwks")).as_bytes())
        }
        "/jwks" => respond(
            stream,
            "200 OK",
            "",
            key_set(if state.load(Ordering::SeqCst) == 0 { "old" } else { "new" }).as_bytes(),
        ),
        _ => respond(stream, "404 Not Found", "", b""),
    });
    let cache = KeyCache::new(fetcher(), [local(&server.address)], CacheLimits::default());
    assert!(cache.keys(&server.address, "old", UnixTime(0)).unwrap().knows("old"));
    rotated.store(1, Ordering::SeqCst);
    assert!(!cache.keys(&server.address, "new", UnixTime(30)).unwrap().knows("new"));
    assert!(cache.keys(&server.address, "new", UnixTime(60)).unwrap().knows("new"));
    assert_eq!(server.asked.load(Ordering::SeqCst), 4);
}

#[test]
fn a_storm_over_http_asks_once() {
    let server = serve(|own, path, stream| {
        thread::sleep(Duration::from_millis(50));
        let body = if path == "/jwks" { key_set("first") } else { document(own, &format!("{own}/jwks")) };
        respond(stream, "200 OK", "", body.as_bytes());
    });
    let cache = KeyCache::new(fetcher(), [local(&server.address)], CacheLimits::default());
    thread::scope(|scope| {
        for number in 0..16 {
            let (cache, issuer) = (&cache, &server.address);
            scope.spawn(move || assert!(cache.keys(issuer, &format!("made-up-{number}"), UnixTime(0)).is_ok()));
        }
    });
    assert_eq!(server.asked.load(Ordering::SeqCst), 2);
}

#[test]
fn redirects_are_not_followed() {
    let target = serve(|_, _, stream| respond(stream, "200 OK", "", b"{}"));
    let to = target.address.clone();
    let server = serve(move |own, path, stream| {
        let status = path.trim_start_matches('/');
        let elsewhere = if status.starts_with("301") { format!("{own}/x") } else { to.clone() };
        respond(stream, status, &format!("Location: {elsewhere}\r\n"), b"");
    });
    for status in [301, 302, 303, 307, 308] {
        assert_eq!(fetcher().fetch(&format!("{}/{status}", server.address), 100), Err(FetchError::Redirect { status }));
    }
    for status in [204, 206, 400, 404, 429, 500, 503] {
        assert_eq!(fetcher().fetch(&format!("{}/{status}", server.address), 100), Err(FetchError::Status { status }));
    }
    assert_eq!(target.asked.load(Ordering::SeqCst), 0);
}

#[test]
fn a_body_is_read_up_to_its_limit_whatever_its_length_claims() {
    let server = serve(|_, path, stream| match path {
        "/exact" => respond(stream, "200 OK", "", &[b'x'; 1000]),
        "/ten-megabytes" => respond(stream, "200 OK", "", &vec![b'x'; 10_000_000]),
        // No length at all, and no end.
        "/endless" => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
            while stream.write_all(&[b'x'; 8192]).is_ok() {}
        }
        // A length that promises little.
        "/chunked" => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            while stream
                .write_all(b"400\r\n")
                .and_then(|()| stream.write_all(&[b'x'; 1024]))
                .and_then(|()| stream.write_all(b"\r\n"))
                .is_ok()
            {}
        }
        // A length that promises more than comes.
        _ => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\nshort");
        }
    });
    let fetch = |path: &str, limit| fetcher().fetch(&format!("{}{path}", server.address), limit);
    assert_eq!(fetch("/exact", 1000).map(|body| body.len()), Ok(1000));
    assert_eq!(fetch("/exact", 999), Err(FetchError::TooLarge { limit: 999 }));
    for path in ["/ten-megabytes", "/endless", "/chunked"] {
        assert_eq!(fetch(path, 1024 * 1024), Err(FetchError::TooLarge { limit: 1024 * 1024 }), "{path}");
    }
    assert!(matches!(fetch("/cut", 1000), Err(FetchError::Unreachable { .. })));
}

#[test]
fn a_slow_server_costs_bounded_time() {
    let server = serve(|_, path, stream| match path {
        "/silent" => thread::sleep(Duration::from_secs(20)),
        "/slow-head" => {
            for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello" {
                thread::sleep(Duration::from_millis(100));
                if stream.write_all(&[*byte]).is_err() {
                    return;
                }
            }
        }
        _ => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
            while stream.write_all(b"x").is_ok() {
                thread::sleep(Duration::from_millis(100));
            }
        }
    });
    thread::scope(|scope| {
        for path in ["/silent", "/slow-head", "/slow-body"] {
            let address = &server.address;
            scope.spawn(move || {
                let start = Instant::now();
                assert_eq!(
                    fetcher().fetch(&format!("{address}{path}"), 10_000),
                    Err(FetchError::TimedOut { seconds: 0 }),
                    "{path}"
                );
                assert!(start.elapsed() < Duration::from_secs(5), "{path} took {:?}", start.elapsed());
            });
        }
    });
}

#[test]
fn what_is_down_or_no_http_is_said_so() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    assert!(matches!(fetcher().fetch(&address, 10), Err(FetchError::Unreachable { .. })));
    let garbage = serve(|_, _, stream| stream.write_all(b"SSH-2.0-OpenSSH\r\n").unwrap_or_default());
    assert!(matches!(fetcher().fetch(&garbage.address, 10), Err(FetchError::Unreachable { .. })));
    assert!(matches!(fetcher().fetch("not a url", 10), Err(FetchError::Unreachable { .. })));
}

#[test]
fn plain_http_goes_to_this_machine_only() {
    for url in [
        "http://192.0.2.1/",
        "http://ci.acme.example/",
        "http://localhost.evil-corp.example/",
        "file:///etc/passwd",
        "ftp://192.0.2.1/",
        "data:text/plain,{}",
    ] {
        assert_eq!(fetcher().fetch(url, 10), Err(FetchError::NotSecure), "{url}");
    }
}

#[test]
fn a_server_that_speaks_for_another_issuer_is_refused() {
    let server = serve(|own, path, stream| {
        let body = match path {
            "/other/.well-known/openid-configuration" => document(own, &format!("{own}/jwks")),
            "/outside/.well-known/openid-configuration" => {
                document(&format!("{own}/outside"), "https://evil-corp.example/jwks")
            }
            "/garbage/.well-known/openid-configuration" => "<html>".to_owned(),
            "/huge/.well-known/openid-configuration" => " ".repeat(100_000),
            _ => document(&format!("{own}/good"), &format!("{own}/garbage-keys")),
        };
        respond(stream, "200 OK", "", body.as_bytes());
    });
    let error = |path: &str| discover(&fetcher(), &local(&format!("{}{path}", server.address))).unwrap_err();
    assert!(matches!(error("/other"), DiscoveryError::OtherIssuer { .. }));
    assert!(matches!(error("/outside"), DiscoveryError::KeysElsewhere { .. }));
    assert!(matches!(error("/garbage"), DiscoveryError::NotADocument { .. }));
    assert!(matches!(error("/huge"), DiscoveryError::NotFetched { error: FetchError::TooLarge { limit: 65_536 }, .. }));
    assert!(matches!(error("/good"), DiscoveryError::BadKeySet { .. }));
}
