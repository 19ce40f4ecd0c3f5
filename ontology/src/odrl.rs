//! Terms of the ODRL 2.2 vocabulary that are no actions: classes, properties, left operands, operators.
//!
//! Source: ODRL Vocabulary & Expression 2.2 (W3C Recommendation, 2018-02-15).

/// Left operands of the vocabulary.
pub const LEFT_OPERANDS: [&str; 34] = [
    "absolutePosition",
    "absoluteSize",
    "absoluteSpatialPosition",
    "absoluteTemporalPosition",
    "count",
    "dateTime",
    "delayPeriod",
    "deliveryChannel",
    "device",
    "elapsedTime",
    "event",
    "fileFormat",
    "industry",
    "language",
    "media",
    "meteredTime",
    "payAmount",
    "percentage",
    "product",
    "purpose",
    "recipient",
    "relativePosition",
    "relativeSize",
    "relativeSpatialPosition",
    "relativeTemporalPosition",
    "resolution",
    "spatial",
    "spatialCoordinates",
    "system",
    "systemDevice",
    "timeInterval",
    "unitOfCount",
    "version",
    "virtualLocation",
];

pub const OPERATORS: [&str; 12] =
    ["eq", "gt", "gteq", "hasPart", "isA", "isAllOf", "isAnyOf", "isNoneOf", "isPartOf", "lt", "lteq", "neq"];

/// Operands of a logical constraint.
pub const LOGIC: [&str; 4] = ["and", "andSequence", "or", "xone"];

pub const CONFLICT_TERMS: [&str; 3] = ["invalid", "perm", "prohibit"];

/// Classes of policies.
pub const POLICIES: [&str; 8] =
    ["Agreement", "Assertion", "Offer", "Policy", "Privacy", "Request", "Set", "Ticket"];

pub const CLASSES: [&str; 19] = [
    "Action",
    "Asset",
    "AssetCollection",
    "AssetScope",
    "ConflictTerm",
    "Constraint",
    "Duty",
    "LeftOperand",
    "LogicalConstraint",
    "Operator",
    "Party",
    "PartyCollection",
    "PartyFunction",
    "PartyScope",
    "Permission",
    "Prohibition",
    "RightOperand",
    "Rule",
    "UndefinedTerm",
];

/// Functions that parties have in a rule, besides assigner and assignee.
pub const FUNCTIONS: [&str; 14] = [
    "attributedParty",
    "attributingParty",
    "compensatedParty",
    "compensatingParty",
    "consentedParty",
    "consentingParty",
    "contractedParty",
    "contractingParty",
    "informedParty",
    "informingParty",
    "payeeParty",
    "trackedParty",
    "trackingParty",
    "timedParty",
];

/// Properties whose value is a node.
pub const NODES: [&str; 24] = [
    "assignee",
    "assigneeOf",
    "assigner",
    "assignerOf",
    "consequence",
    "constraint",
    "duty",
    "failure",
    "hasPolicy",
    "implies",
    "includedIn",
    "inheritAllowed",
    "inheritFrom",
    "inheritRelation",
    "obligation",
    "output",
    "partOf",
    "permission",
    "profile",
    "prohibition",
    "refinement",
    "relation",
    "remedy",
    "source",
];

/// Properties whose value is a term of the vocabulary.
pub const TERMS: [&str; 5] = ["action", "conflict", "function", "leftOperand", "operator"];

/// Properties whose value is a literal, or anything.
pub const VALUES: [&str; 4] = ["rightOperand", "status", "undefined", "unit"];

/// Is it one of these, in any of its spellings ([`crate::vocab::odrl`])?
pub fn is_left_operand(name: &str) -> bool {
    crate::vocab::odrl(name).is_some_and(|local| LEFT_OPERANDS.contains(&local))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_term_has_two_meanings() {
        let lists = [&LEFT_OPERANDS[..], &OPERATORS, &LOGIC, &CONFLICT_TERMS, &POLICIES, &CLASSES];
        let more = [&FUNCTIONS[..], &NODES, &TERMS, &VALUES];
        let mut all: Vec<&str> = lists.iter().chain(&more).flat_map(|list| list.iter().copied()).collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
        assert!(is_left_operand("odrl:meteredTime") && !is_left_operand("https://example.org/count"));
    }
}
