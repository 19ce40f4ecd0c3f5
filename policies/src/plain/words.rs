//! Words for the terms of ODRL, in French and in English.

use ontology::{Lang, vocab};

use crate::operand::Operand;

/// A kind of rule.
pub(crate) fn rule(name: &str, lang: Lang) -> &'static str {
    match name {
        "permission" => lang.pick("Autorisation", "Permission"),
        "prohibition" => lang.pick("Interdiction", "Prohibition"),
        "obligation" => lang.pick("Obligation", "Obligation"),
        "duty" => lang.pick("À faire au préalable", "To be done before"),
        "consequence" => lang.pick("À défaut", "Failing that"),
        _ => lang
            .pick("Réparation, si l'interdiction est enfreinte", "Remedy, if the prohibition is infringed"),
    }
}

/// What prevails in a conflict.
pub(crate) fn strategy(name: &str, lang: Lang) -> &'static str {
    match name {
        "perm" => lang.pick("l'autorisation l'emporte", "the permission prevails"),
        "prohibit" => lang.pick("l'interdiction l'emporte", "the prohibition prevails"),
        _ => lang.pick("la politique est nulle", "the policy is void"),
    }
}

/// How values are compared.
pub(crate) fn operator(name: &str, lang: Lang) -> &'static str {
    match name {
        "eq" => lang.pick("égal à", "equal to"),
        "neq" => lang.pick("autre que", "other than"),
        "lt" => lang.pick("inférieur à", "less than"),
        "lteq" => lang.pick("au plus", "at most"),
        "gt" => lang.pick("supérieur à", "greater than"),
        "gteq" => lang.pick("au moins", "at least"),
        "isA" => lang.pick("du genre de", "of the kind of"),
        "isPartOf" => lang.pick("compris dans", "within"),
        "hasPart" => lang.pick("qui comprend", "which includes"),
        "isAnyOf" => lang.pick("parmi", "one of"),
        "isNoneOf" => lang.pick("aucun de", "none of"),
        _ => lang.pick("chacun de", "all of"),
    }
}

/// What a constraint is about; what nobody named is said by its IRI.
pub(crate) fn operand(name: &str, lang: Lang) -> String {
    if let Some(own) = Operand::parse(name) {
        return own.label(lang).to_owned();
    }
    let local = vocab::odrl(name).unwrap_or(name);
    let (fr, en) = match local {
        "absolutePosition" => ("position absolue", "absolute position"),
        "absoluteSize" => ("taille absolue", "absolute size"),
        "absoluteSpatialPosition" => ("position absolue dans l'espace", "absolute position in space"),
        "absoluteTemporalPosition" => ("position absolue dans le temps", "absolute position in time"),
        "delayPeriod" => ("délai avant l'usage", "delay before the use"),
        "deliveryChannel" => ("canal de remise", "channel of delivery"),
        "device" => ("appareil", "device"),
        "event" => ("événement", "event"),
        "fileFormat" => ("format de fichier", "file format"),
        "industry" => ("secteur d'activité", "industry"),
        "language" => ("langue", "language"),
        "media" => ("support", "media"),
        "meteredTime" => ("durée d'usage cumulée", "metered time of use"),
        "payAmount" => ("montant à payer", "amount to pay"),
        "percentage" => ("pourcentage", "percentage"),
        "product" => ("produit", "product"),
        "relativePosition" => ("position relative", "relative position"),
        "relativeSize" => ("taille relative", "relative size"),
        "relativeSpatialPosition" => ("position relative dans l'espace", "relative position in space"),
        "relativeTemporalPosition" => ("position relative dans le temps", "relative position in time"),
        "resolution" => ("résolution", "resolution"),
        "spatial" => ("territoire", "territory"),
        "spatialCoordinates" => ("coordonnées", "coordinates"),
        "system" => ("système", "system"),
        "systemDevice" => ("appareil ou système", "system or device"),
        "timeInterval" => ("intervalle entre deux usages", "interval between two uses"),
        "unitOfCount" => ("unité de décompte", "unit of count"),
        "version" => ("version", "version"),
        "virtualLocation" => ("lieu virtuel", "virtual location"),
        _ => return crate::fault::shown(name),
    };
    format!("{} ({local})", lang.pick(fr, en))
}
