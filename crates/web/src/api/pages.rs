//! The pages about the API, its keys and webhooks.

use super::{docs, integrations, webhooks};
use crate::access::Access;
use crate::routes::Route;

/// All of them.
pub(crate) fn routes() -> Vec<Route> {
    let administrator = Access::Administrator;
    let integrations = "/company/integrations";
    vec![
        Route::get("/api", Access::Public, docs::page),
        Route::get("/api/openapi.json", Access::Public, docs::document),
        Route::get(integrations, administrator, integrations::page),
        Route::get(
            "/company/integrations.json",
            administrator,
            integrations::data,
        ),
        Route::get(
            "/company/integrations.csv",
            administrator,
            integrations::data,
        ),
        Route::get(
            "/company/integrations.xlsx",
            administrator,
            integrations::data,
        ),
        Route::post(integrations, administrator, integrations::make),
        Route::post(
            "/company/integrations/revoke",
            administrator,
            integrations::revoke,
        ),
        Route::post(
            "/company/integrations/webhooks",
            administrator,
            webhooks::make,
        ),
        Route::get(
            "/company/integrations/webhooks/{id}",
            administrator,
            webhooks::one,
        ),
        Route::post(
            "/company/integrations/webhooks/{id}",
            administrator,
            webhooks::change,
        ),
    ]
}
