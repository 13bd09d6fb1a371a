//! Every route of the program with what it needs, in one table that the guard and the tests read alike.

use std::collections::HashMap;

use axum::{
    Router,
    handler::Handler,
    http::Method,
    routing::{MethodFilter, on},
};
use domain::access::Permission;

use crate::http::State;

/// Who may use a route. What the handler then does is checked again, by the permits of `backend::access`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Needs {
    /// Nothing: who asks is not even looked at.
    Nothing,
    /// Anybody may come; who they are is known.
    Anybody,
    /// This machine itself, or somebody with the permission.
    Nearby(Permission),
    /// Somebody who is signed in.
    Account,
    /// Somebody with the permission.
    Permission(Permission),
    /// A machine with a token.
    Token,
}

/// What every registered route needs.
#[derive(Clone, Default, Debug)]
pub struct Table(HashMap<&'static str, Vec<(Method, Needs)>>);

impl Table {
    /// `None` for a route that is not in the table: nobody may use it. A HEAD is a GET without its body.
    pub fn needs(&self, path: &str, method: &Method) -> Option<Needs> {
        let method = if *method == Method::HEAD { &Method::GET } else { method };
        self.0.get(path)?.iter().find(|(listed, _)| listed == method).map(|(_, needs)| *needs)
    }

    /// Every route, by address and method.
    #[cfg(test)]
    pub fn all(&self) -> Vec<(&'static str, Method, Needs)> {
        let mut all: Vec<_> = self
            .0
            .iter()
            .flat_map(|(path, methods)| methods.iter().map(|(method, needs)| (*path, method.clone(), *needs)))
            .collect();
        all.sort_by(|one, other| (one.0, one.1.as_str()).cmp(&(other.0, other.1.as_str())));
        all
    }
}

/// A router that can only be added to together with what the route needs.
#[derive(Default)]
pub struct Routes {
    router: Router<State>,
    table: Table,
}

impl Routes {
    pub fn get<H, T>(self, path: &'static str, needs: Needs, handler: H) -> Routes
    where
        H: Handler<T, State>,
        T: 'static,
    {
        self.add(path, (Method::GET, MethodFilter::GET), needs, handler)
    }

    pub fn post<H, T>(self, path: &'static str, needs: Needs, handler: H) -> Routes
    where
        H: Handler<T, State>,
        T: 'static,
    {
        self.add(path, (Method::POST, MethodFilter::POST), needs, handler)
    }

    pub fn into_parts(self) -> (Router<State>, Table) {
        (self.router, self.table)
    }

    fn add<H, T>(
        mut self,
        path: &'static str,
        (method, filter): (Method, MethodFilter),
        needs: Needs,
        handler: H,
    ) -> Routes
    where
        H: Handler<T, State>,
        T: 'static,
    {
        self.table.0.entry(path).or_default().push((method, needs));
        self.router = self.router.route(path, on(filter, handler));
        self
    }
}
