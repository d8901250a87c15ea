//! What is changed in Solidity.

use serde_json::Value;

use super::{
    mutant::Operator,
    sites::{Sites, place, span},
};

/// Signs and what they become. The longer of two that begin alike needs no care: the compiler
/// names the whole sign.
const SIGNS: [(Operator, &str, &str); 29] = [
    (Operator::Comparison, "<", "<="),
    (Operator::Comparison, "<=", "<"),
    (Operator::Comparison, ">", ">="),
    (Operator::Comparison, ">=", ">"),
    (Operator::Comparison, "==", "!="),
    (Operator::Comparison, "!=", "=="),
    (Operator::Logic, "&&", "||"),
    (Operator::Logic, "||", "&&"),
    (Operator::Arithmetic, "+", "-"),
    (Operator::Arithmetic, "-", "+"),
    (Operator::Arithmetic, "*", "/"),
    (Operator::Arithmetic, "/", "*"),
    (Operator::Arithmetic, "%", "*"),
    (Operator::Arithmetic, "+=", "-="),
    (Operator::Arithmetic, "-=", "+="),
    (Operator::Arithmetic, "*=", "/="),
    (Operator::Arithmetic, "/=", "*="),
    (Operator::Arithmetic, "++", "--"),
    (Operator::Arithmetic, "--", "++"),
    (Operator::Bits, "&", "|"),
    (Operator::Bits, "|", "&"),
    (Operator::Bits, "^", "|"),
    (Operator::Bits, "<<", ">>"),
    (Operator::Bits, ">>", "<<"),
    (Operator::Bits, "&=", "|="),
    (Operator::Bits, "|=", "&="),
    (Operator::Bits, "^=", "|="),
    (Operator::Bits, "<<=", ">>="),
    (Operator::Bits, ">>=", "<<="),
];

pub(super) fn mutate(sites: &mut Sites<'_>, kind: &str, node: &Value) {
    match kind {
        "ExpressionStatement" => statement(sites, node),
        "EmitStatement" => sites.leave_out(Operator::Emit, node),
        "RevertStatement" => sites.leave_out(Operator::Statement, node),
        "IfStatement" => {
            if node["falseBody"].is_null() {
                sites.leave_out(Operator::If, node);
            }
            negate(sites, &node["condition"]);
        }
        "WhileStatement" | "Conditional" => negate(sites, &node["condition"]),
        "ModifierInvocation" if node["kind"] == "modifierInvocation" => {
            if let Some(span) = span(node) {
                sites.add(Operator::Modifier, span, "");
            }
        }
        "BinaryOperation" => binary(sites, node),
        "Assignment" => sign(sites, node, &node["leftHandSide"], &node["rightHandSide"]),
        "UnaryOperation" => unary(sites, node),
        "Literal" => literal(sites, node),
        "FunctionCall" => call(sites, node),
        "Return" => returned(sites, &node["expression"]),
        _ => {}
    }
}

fn statement(sites: &mut Sites<'_>, node: &Value) {
    let required = node["expression"]["expression"]["name"] == "require";
    let operator = if required {
        Operator::Require
    } else {
        Operator::Statement
    };
    sites.leave_out(operator, node);
}

/// What compares for equality, or is negated already, is turned round by its own sign.
fn negate(sites: &mut Sites<'_>, condition: &Value) {
    if let Some("==" | "!=" | "!") = condition["operator"].as_str() {
        return;
    }
    if let Some(span) = span(condition) {
        let after = format!("!({})", sites.source(condition));
        sites.add(Operator::Negate, span, &after);
    }
}

fn binary(sites: &mut Sites<'_>, node: &Value) {
    let (left, right) = (&node["leftExpression"], &node["rightExpression"]);
    sign(sites, node, left, right);
    if let ("&&" | "||", Some(span)) = (node["operator"].as_str().unwrap_or_default(), span(node)) {
        for side in [left, right] {
            let after = sites.source(side);
            sites.add(Operator::Clause, span, after);
        }
    }
}

/// Swaps the sign between two operands.
fn sign(sites: &mut Sites<'_>, node: &Value, left: &Value, right: &Value) {
    let sign = node["operator"].as_str().unwrap_or_default();
    for (operator, from, to) in SIGNS {
        if from == sign
            && let Some(span) = sites.between(left, right, sign)
        {
            sites.add(operator, span, to);
        }
    }
}

fn unary(sites: &mut Sites<'_>, node: &Value) {
    let Some((start, end)) = span(node) else {
        return;
    };
    let inner = sites.source(&node["subExpression"]);
    match node["operator"].as_str().unwrap_or_default() {
        "!" => sites.add(Operator::Negate, (start, end), inner),
        "~" => sites.add(Operator::Bits, (start, end), inner),
        "-" => sites.add(Operator::Arithmetic, (start, end), inner),
        "++" if node["prefix"] == true => {
            sites.add(Operator::Arithmetic, (start, start + 2), "--");
        }
        _ => {}
    }
}

fn literal(sites: &mut Sites<'_>, node: &Value) {
    let Some(span) = span(node) else {
        return;
    };
    let text = sites.source(node);
    let is_address = kind_of(node).starts_with("address");
    match (node["kind"].as_str().unwrap_or_default(), text) {
        ("bool", "true") => sites.add(Operator::Boolean, span, "false"),
        ("bool", _) => sites.add(Operator::Boolean, span, "true"),
        ("number", _) if is_address => sites.add(Operator::Constant, span, "address(1)"),
        ("number", "0") => sites.add(Operator::Constant, span, "1"),
        ("number", _) => sites.add(Operator::Constant, span, &format!("({text} + 1)")),
        _ => {}
    }
}

fn call(sites: &mut Sites<'_>, node: &Value) {
    let callee = &node["expression"];
    if callee["expression"]["name"] == "Math"
        && let Some(span) = callee["memberLocation"].as_str().and_then(place)
    {
        match callee["memberName"].as_str().unwrap_or_default() {
            "min" => sites.add(Operator::MinMax, span, "max"),
            "max" => sites.add(Operator::MinMax, span, "min"),
            _ => {}
        }
    }
    let declared = callee["referencedDeclaration"].as_u64();
    if declared.is_some_and(|id| sites.own.contains(&id)) {
        arguments(sites, &node["arguments"]);
    }
}

fn arguments(sites: &mut Sites<'_>, list: &Value) {
    let list = list.as_array().map(Vec::as_slice).unwrap_or_default();
    for pair in list.windows(2) {
        let [left, right] = pair else { continue };
        let (Some(first), Some(second)) = (span(left), span(right)) else {
            continue;
        };
        if same_kind(kind_of(left), kind_of(right)) {
            let gap = sites.text.get(first.1..second.0).unwrap_or_default();
            let after = format!("{}{gap}{}", sites.source(right), sites.source(left));
            sites.add(Operator::Argument, (first.0, second.1), &after);
        }
    }
}

/// Numbers fit each other where the compiler says so; it refuses the others.
fn same_kind(left: &str, right: &str) -> bool {
    let number = |kind: &str| kind.starts_with("uint") || kind.starts_with("int_const");
    left == right || (number(left) && number(right))
}

fn returned(sites: &mut Sites<'_>, expression: &Value) {
    if expression["nodeType"] == "TupleExpression" {
        for part in expression["components"].as_array().into_iter().flatten() {
            returned(sites, part);
        }
        return;
    }
    let Some(span) = span(expression) else {
        return;
    };
    let kind = kind_of(expression);
    let zero = sites.source(expression) == "0";
    let others: &[&str] = match kind {
        "bool" => &["true", "false"],
        "address" => &["address(0)"],
        "bytes32" => &["bytes32(0)"],
        _ if zero => &["1"],
        _ if kind.starts_with("uint") || kind.starts_with("int") => &["0"],
        _ => &[],
    };
    for other in others {
        sites.add(Operator::Return, span, other);
    }
}

fn kind_of(node: &Value) -> &str {
    node["typeDescriptions"]["typeString"]
        .as_str()
        .unwrap_or_default()
}
