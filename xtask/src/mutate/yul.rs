//! What is changed in assembly.

use serde_json::Value;

use super::{
    mutant::Operator,
    sites::{Sites, span},
};

const FUNCTIONS: [(Operator, &str, &str); 16] = [
    (Operator::Arithmetic, "add", "sub"),
    (Operator::Arithmetic, "sub", "add"),
    (Operator::Arithmetic, "mul", "div"),
    (Operator::Arithmetic, "div", "mul"),
    (Operator::Arithmetic, "mod", "mul"),
    (Operator::Bits, "shl", "shr"),
    (Operator::Bits, "shr", "shl"),
    (Operator::Bits, "and", "or"),
    (Operator::Bits, "or", "and"),
    (Operator::Bits, "xor", "or"),
    (Operator::Bits, "byte", "shr"),
    (Operator::Comparison, "lt", "gt"),
    (Operator::Comparison, "gt", "lt"),
    (Operator::Comparison, "slt", "sgt"),
    (Operator::Comparison, "sgt", "slt"),
    (Operator::Comparison, "eq", "xor"),
];

pub(super) fn mutate(sites: &mut Sites<'_>, kind: &str, node: &Value) {
    match kind {
        "YulAssignment" | "YulExpressionStatement" => sites.leave_out(Operator::Statement, node),
        "YulIf" => sites.leave_out(Operator::If, node),
        "YulFunctionCall" => function(sites, node),
        "YulLiteral" if node["kind"] == "number" => literal(sites, node),
        _ => {}
    }
}

fn function(sites: &mut Sites<'_>, node: &Value) {
    let name = node["functionName"]["name"].as_str().unwrap_or_default();
    if name == "iszero"
        && let Some(span) = span(node)
        && let Some(argument) = node["arguments"].get(0)
    {
        let after = sites.source(argument);
        sites.add(Operator::Negate, span, after);
    }
    for (operator, from, to) in FUNCTIONS {
        if from == name
            && let Some(span) = span(&node["functionName"])
        {
            sites.add(operator, span, to);
        }
    }
}

/// Assembly has no signs: the next number is written out.
fn literal(sites: &mut Sites<'_>, node: &Value) {
    let text = sites.source(node);
    let number = text
        .strip_prefix("0x")
        .map_or_else(|| text.parse(), |digits| u128::from_str_radix(digits, 16));
    if let (Ok(number), Some(span)) = (number, span(node)) {
        sites.add(
            Operator::Constant,
            span,
            &number.saturating_add(1).to_string(),
        );
    }
}
