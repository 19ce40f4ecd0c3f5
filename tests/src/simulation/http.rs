//! A node's own HTTP service, called without sockets: the whole edge, with its middleware.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use actix_web::App as Service;
use actix_web::body::MessageBody;
use actix_web::dev::Service as _;
use actix_web::http::Method;
use actix_web::middleware::from_fn;
use actix_web::test::{TestRequest, init_service};
use node::startup::Assembled;

use super::net::{Answered, Sent};

/// Bytes that are still to come.
pub struct Flow {
    pub answer: Answered,
    body: Pin<Box<dyn MessageBody<Error = Box<dyn std::error::Error>>>>,
}

impl Flow {
    /// The next piece; `None` at the end, an error when it is cut.
    pub async fn piece(&mut self) -> Option<Result<Vec<u8>, ()>> {
        let next = std::future::poll_fn(|cx| self.body.as_mut().poll_next(cx)).await?;
        Some(next.map(|bytes| bytes.to_vec()).map_err(drop))
    }

    /// All of it. Cut bytes come with status 0: the caller's connection broke.
    pub async fn rest(mut self) -> Answered {
        while let Some(piece) = self.piece().await {
            match piece {
                Ok(bytes) => self.answer.body.extend(bytes),
                Err(()) => {
                    self.answer.status = 0;
                    break;
                }
            }
        }
        self.answer
    }
}

pub type Local<T> = Pin<Box<dyn Future<Output = T>>>;
pub type Serve = Rc<dyn Fn(Sent) -> Local<Flow>>;

/// The node's service.
pub async fn service(node: &Assembled) -> Serve {
    let routes = node::http::routes(node.app.clone(), node.edge.clone());
    let app = Service::new().wrap(from_fn(node::http::outer)).configure(routes);
    let service = Rc::new(init_service(app).await);
    Rc::new(move |sent: Sent| {
        let service = Rc::clone(&service);
        Box::pin(async move {
            let method = Method::from_bytes(sent.method.as_bytes()).unwrap_or(Method::GET);
            let mut request = TestRequest::default().method(method).uri(&sent.path).set_payload(sent.body);
            request = request.insert_header(("host", sent.host));
            for (name, value) in sent.headers {
                request = request.insert_header((name, value));
            }
            let response = service.call(request.to_request()).await.expect("the edge renders every error");
            let (head, body) = response.into_parts().1.into_parts();
            let headers = head.headers().iter();
            let headers =
                headers.map(|(n, v)| (n.to_string(), v.to_str().unwrap_or_default().to_owned())).collect();
            let answer = Answered { status: head.status().as_u16(), headers, body: Vec::new() };
            Flow { answer, body: Box::pin(body) }
        })
    })
}
