--
-- PostgreSQL database dump
--


-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: _sqlx_migrations; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public._sqlx_migrations (
    version bigint NOT NULL,
    description text NOT NULL,
    installed_on timestamp with time zone DEFAULT now() NOT NULL,
    success boolean NOT NULL,
    checksum bytea NOT NULL,
    execution_time bigint NOT NULL
);


--
-- Name: agreement; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.agreement (
    id text NOT NULL,
    member text NOT NULL,
    role text NOT NULL,
    peer text NOT NULL,
    dataset text NOT NULL,
    standing text NOT NULL,
    first_use bigint,
    version bigint NOT NULL,
    created bigint NOT NULL,
    body text NOT NULL
);


--
-- Name: api_token; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.api_token (
    id text NOT NULL,
    member text NOT NULL,
    hash text NOT NULL,
    role text NOT NULL,
    label text NOT NULL,
    created bigint NOT NULL,
    expires bigint,
    revoked bigint
);


--
-- Name: attested; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.attested (
    peer text NOT NULL,
    member text NOT NULL,
    credential text NOT NULL,
    issuer text NOT NULL,
    kind text NOT NULL,
    facts text NOT NULL,
    status text NOT NULL,
    valid_from bigint NOT NULL,
    valid_until bigint,
    verified bigint NOT NULL,
    confirmed bigint NOT NULL,
    lost text
);


--
-- Name: ballot; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.ballot (
    member text NOT NULL,
    question text NOT NULL,
    seat text NOT NULL,
    holder text NOT NULL,
    choice text NOT NULL,
    at bigint NOT NULL,
    ballot text NOT NULL
);


--
-- Name: convention; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.convention (
    id text NOT NULL,
    member text NOT NULL,
    side text NOT NULL,
    peer text NOT NULL,
    standing text NOT NULL,
    created bigint NOT NULL,
    body text NOT NULL
);


--
-- Name: cosigned; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.cosigned (
    member text NOT NULL,
    size bigint NOT NULL,
    at bigint NOT NULL,
    note text NOT NULL
);


--
-- Name: counter; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.counter (
    member text NOT NULL,
    agreement text NOT NULL,
    counter text NOT NULL,
    used bigint NOT NULL
);


--
-- Name: counter_use; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.counter_use (
    member text NOT NULL,
    agreement text NOT NULL,
    counter text NOT NULL,
    request text NOT NULL,
    amount bigint NOT NULL
);


--
-- Name: credential_held; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.credential_held (
    id text NOT NULL,
    member text NOT NULL,
    issuer text NOT NULL,
    kind text NOT NULL,
    profile text NOT NULL,
    until bigint,
    created bigint NOT NULL,
    body text NOT NULL
);


--
-- Name: credential_issued; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.credential_issued (
    id text NOT NULL,
    member text NOT NULL,
    holder text NOT NULL,
    kind text NOT NULL,
    profile text NOT NULL,
    standing text NOT NULL,
    list bigint NOT NULL,
    idx bigint NOT NULL,
    created bigint NOT NULL,
    until bigint,
    version bigint NOT NULL,
    body text NOT NULL
);


--
-- Name: credential_request; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.credential_request (
    id text NOT NULL,
    member text NOT NULL,
    side text NOT NULL,
    theirs text NOT NULL,
    peer text NOT NULL,
    state text NOT NULL,
    kinds text NOT NULL,
    created bigint NOT NULL
);


--
-- Name: dataset; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.dataset (
    id text NOT NULL,
    member text NOT NULL,
    revision bigint NOT NULL,
    digest text NOT NULL,
    rung text NOT NULL,
    withdrawn bigint NOT NULL,
    created bigint NOT NULL,
    updated bigint NOT NULL,
    version bigint NOT NULL
);


--
-- Name: dataset_revision; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.dataset_revision (
    dataset text NOT NULL,
    member text NOT NULL,
    revision bigint NOT NULL,
    digest text NOT NULL,
    body text,
    at bigint NOT NULL
);


--
-- Name: decision_facts; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.decision_facts (
    member text NOT NULL,
    idx bigint NOT NULL,
    salt text NOT NULL,
    facts text NOT NULL
);


--
-- Name: delivery; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.delivery (
    reference text NOT NULL,
    member text NOT NULL,
    role text NOT NULL,
    transfer text NOT NULL,
    agreement text NOT NULL,
    dataset text NOT NULL,
    peer text NOT NULL,
    path text NOT NULL,
    first bigint NOT NULL,
    at_most bigint NOT NULL,
    opened bigint NOT NULL,
    closed bigint,
    bytes bigint,
    sha256 text,
    ending text
);


--
-- Name: directory_entry; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.directory_entry (
    member text NOT NULL,
    framework text NOT NULL,
    did text NOT NULL,
    seen bigint NOT NULL,
    body text NOT NULL
);


--
-- Name: duty; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.duty (
    agreement text NOT NULL,
    member text NOT NULL,
    pointer text NOT NULL,
    occurrence bigint NOT NULL,
    role text NOT NULL,
    peer text NOT NULL,
    state text NOT NULL,
    measure text NOT NULL,
    due bigint,
    version bigint NOT NULL,
    body text NOT NULL
);


--
-- Name: entitlement; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.entitlement (
    holder text NOT NULL,
    member text NOT NULL,
    kind text NOT NULL,
    claims text NOT NULL,
    seconds bigint NOT NULL,
    created bigint NOT NULL
);


--
-- Name: entry_body; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.entry_body (
    member text NOT NULL,
    idx bigint NOT NULL,
    agreement text,
    body text NOT NULL,
    opening_key text
);


--
-- Name: event_cursor; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.event_cursor (
    member text NOT NULL,
    consumer text NOT NULL,
    idx bigint NOT NULL
);


--
-- Name: framework; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.framework (
    member text NOT NULL,
    id text NOT NULL,
    version text NOT NULL,
    standing text NOT NULL,
    publisher text NOT NULL,
    digest text NOT NULL,
    adopted bigint,
    created bigint NOT NULL,
    body text NOT NULL
);


--
-- Name: harvest_record; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.harvest_record (
    origin text NOT NULL,
    member text NOT NULL,
    source text NOT NULL,
    digest text NOT NULL,
    body text NOT NULL,
    graph text,
    created bigint NOT NULL,
    updated bigint NOT NULL
);


--
-- Name: harvest_source; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.harvest_source (
    name text NOT NULL,
    member text NOT NULL,
    kind text NOT NULL,
    url text NOT NULL,
    cursor text,
    tried bigint NOT NULL,
    succeeded bigint,
    fault text,
    report text NOT NULL
);


--
-- Name: inbox; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.inbox (
    member text NOT NULL,
    sender text NOT NULL,
    process text NOT NULL,
    message text NOT NULL,
    status bigint NOT NULL,
    body text NOT NULL,
    at bigint NOT NULL
);


--
-- Name: lease; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.lease (
    id bigint NOT NULL,
    holder text NOT NULL,
    epoch bigint NOT NULL,
    expires_at bigint NOT NULL,
    CONSTRAINT lease_id_check CHECK ((id = 1))
);


--
-- Name: log_entry; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.log_entry (
    member text NOT NULL,
    idx bigint NOT NULL,
    at bigint NOT NULL,
    kind text NOT NULL,
    reference text,
    leaf bytea NOT NULL,
    leaf_hash bytea NOT NULL
);


--
-- Name: log_epoch; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.log_epoch (
    member text NOT NULL,
    epoch bigint NOT NULL,
    size bigint NOT NULL,
    at bigint NOT NULL,
    ended text NOT NULL,
    lost text
);


--
-- Name: log_head; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.log_head (
    member text NOT NULL,
    size bigint NOT NULL,
    root bytea NOT NULL,
    at bigint NOT NULL,
    epoch bigint NOT NULL,
    checkpoint text NOT NULL
);


--
-- Name: log_tile; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.log_tile (
    member text NOT NULL,
    level bigint NOT NULL,
    idx bigint NOT NULL,
    root bytea NOT NULL,
    hashes bytea NOT NULL
);


--
-- Name: member; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.member (
    member text NOT NULL,
    did text NOT NULL,
    name text NOT NULL,
    base_url text NOT NULL,
    created bigint NOT NULL,
    retired bigint,
    restored bigint
);


--
-- Name: member_key; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.member_key (
    kid text NOT NULL,
    member text NOT NULL,
    purpose text NOT NULL,
    alg text NOT NULL,
    public_jwk text NOT NULL,
    sealed bytea NOT NULL,
    valid_from bigint NOT NULL,
    valid_until bigint
);


--
-- Name: membership; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.membership (
    member text NOT NULL,
    framework text NOT NULL,
    side text NOT NULL,
    applicant text NOT NULL,
    operator text NOT NULL,
    state text NOT NULL,
    siren text,
    version bigint NOT NULL,
    created bigint NOT NULL,
    updated bigint NOT NULL,
    body text NOT NULL
);


--
-- Name: negotiation; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.negotiation (
    pid text NOT NULL,
    member text NOT NULL,
    role text NOT NULL,
    peer text NOT NULL,
    peer_pid text,
    dataset text NOT NULL,
    state text NOT NULL,
    agreement text,
    needs_person bigint NOT NULL,
    version bigint NOT NULL,
    created bigint NOT NULL,
    updated bigint NOT NULL,
    body text NOT NULL
);


--
-- Name: offer; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.offer (
    id text NOT NULL,
    member text NOT NULL,
    dataset text NOT NULL,
    revision bigint NOT NULL,
    "position" bigint NOT NULL,
    body text NOT NULL
);


--
-- Name: opening_key; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.opening_key (
    kid text NOT NULL,
    member text NOT NULL,
    subject text NOT NULL,
    year bigint NOT NULL,
    sealed bytea NOT NULL
);


--
-- Name: outbox; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.outbox (
    id bigint NOT NULL,
    member text NOT NULL,
    peer text NOT NULL,
    process_kind text NOT NULL,
    process text NOT NULL,
    seq bigint NOT NULL,
    kind text NOT NULL,
    url text NOT NULL,
    body text NOT NULL,
    state text NOT NULL,
    attempts bigint NOT NULL,
    next_at bigint NOT NULL,
    claimed_until bigint NOT NULL,
    reason text,
    created bigint NOT NULL,
    updated bigint NOT NULL
);


--
-- Name: outbox_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.outbox ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.outbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: peer_identity; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.peer_identity (
    did text NOT NULL,
    member text NOT NULL,
    document bytea NOT NULL,
    fetched_at bigint NOT NULL
);


--
-- Name: pull; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.pull (
    id text NOT NULL,
    member text NOT NULL,
    transfer text NOT NULL,
    path text,
    target text,
    state text NOT NULL,
    outcome text,
    created bigint NOT NULL,
    ended bigint
);


--
-- Name: question; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.question (
    member text NOT NULL,
    id text NOT NULL,
    framework text NOT NULL,
    outcome text,
    body text NOT NULL
);


--
-- Name: receipt; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.receipt (
    reference text NOT NULL,
    member text NOT NULL,
    role text NOT NULL,
    peer text NOT NULL,
    state text NOT NULL,
    at bigint NOT NULL,
    body text NOT NULL
);


--
-- Name: replay; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.replay (
    member text NOT NULL,
    used bytea NOT NULL,
    expires bigint NOT NULL
);


--
-- Name: revocation; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.revocation (
    agreement text NOT NULL,
    member text NOT NULL,
    issuer text NOT NULL,
    ground text NOT NULL,
    at bigint NOT NULL,
    statement text NOT NULL
);


--
-- Name: seat; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.seat (
    member text NOT NULL,
    framework text NOT NULL,
    body text NOT NULL,
    seat text NOT NULL,
    holder text NOT NULL,
    since bigint NOT NULL
);


--
-- Name: stamp; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.stamp (
    member text NOT NULL,
    size bigint NOT NULL,
    authority text NOT NULL,
    at bigint NOT NULL,
    checkpoint text NOT NULL,
    token bytea NOT NULL
);


--
-- Name: statement; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.statement (
    digest text NOT NULL,
    member text NOT NULL,
    issuer text NOT NULL,
    level text NOT NULL,
    statement text NOT NULL,
    recorded bigint NOT NULL,
    valid_until bigint NOT NULL
);


--
-- Name: status_list; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.status_list (
    id bigint NOT NULL,
    member text NOT NULL,
    used bigint NOT NULL,
    step bigint NOT NULL,
    start bigint NOT NULL,
    revoked bytea NOT NULL,
    suspended bytea NOT NULL
);


--
-- Name: status_seen; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.status_seen (
    list text NOT NULL,
    member text NOT NULL,
    issuer text NOT NULL,
    purpose text NOT NULL,
    stated bigint,
    fetched bigint NOT NULL,
    bits bytea NOT NULL
);


--
-- Name: transfer; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.transfer (
    pid text NOT NULL,
    member text NOT NULL,
    role text NOT NULL,
    peer text NOT NULL,
    peer_pid text,
    agreement text NOT NULL,
    dataset text NOT NULL,
    state text NOT NULL,
    needs_person bigint NOT NULL,
    version bigint NOT NULL,
    created bigint NOT NULL,
    updated bigint NOT NULL,
    body text NOT NULL
);


--
-- Name: twin_check; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.twin_check (
    agreement text NOT NULL,
    member text NOT NULL,
    state text NOT NULL,
    tried bigint NOT NULL,
    answered bigint,
    ours bigint NOT NULL,
    theirs bigint NOT NULL,
    report text NOT NULL,
    evidence text
);


--
-- Name: witnessed; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.witnessed (
    hash text NOT NULL,
    origin text NOT NULL,
    member text NOT NULL,
    size bigint NOT NULL,
    root bytea NOT NULL,
    at bigint NOT NULL,
    note text NOT NULL,
    fork text
);


--
-- Data for Name: _sqlx_migrations; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public._sqlx_migrations VALUES (1, 'first', '2026-11-22 04:34:23.682811+00', true, '\x189813e9c390788d5d26d6eed8d91d0dcf4df192a0d3c3cb3a5e2fba7445423a6928e9ea69e3e5f84a170093f2ae854a', 93566745);
INSERT INTO public._sqlx_migrations VALUES (2, 'retired', '2026-11-22 05:51:06.495064+00', true, '\xf9d78a3fd8b4ba6f415a41df32c79c5263f319d989d689eb0b5b5b44239b0f7741ee8ff48a6d65c7c434d668973af5c9', 1749488);
INSERT INTO public._sqlx_migrations VALUES (3, 'pulls', '2026-11-22 08:34:19.537147+00', true, '\xca0f565fbd40639d20ed63dbfc10b67d61a43b5830db7c9ea86b65359bace2401c44b32f3f98707ec6b908a6c26c1c0a', 213366996);
INSERT INTO public._sqlx_migrations VALUES (4, 'twins', '2026-11-22 08:58:11.659764+00', true, '\x35807b8a3bceb2364517b6e6b15215eeacb7f3bc79f80d7c05a301d25f6e9ca430ab4f25acfa8d4af58f5f56db3b5b0f', 15001231);
INSERT INTO public._sqlx_migrations VALUES (5, 'witnessed', '2026-11-22 11:31:28.779032+00', true, '\xaf926ddc200cca12d9ae441d639b1a62e794410d63e6dcfb2611510cf9f53bcbb281ec523686f0238babe2832b3e9d0f', 47919866);
INSERT INTO public._sqlx_migrations VALUES (6, 'cosigned', '2026-11-22 12:28:32.471268+00', true, '\x81025b05510b6e0a90b054b8a3f1ae08519268640c5f2a4a51ad3f51dab19aef11aa09e1e524784a5242981c13c97613', 94292083);
INSERT INTO public._sqlx_migrations VALUES (7, 'epochs', '2026-11-29 02:10:00+00', true, '\x7373eacc0927e73c3b6a6f924e0dab3083049452600fe9ef4e043060b8b49ce8b2f6cc3da7158836b50f9aabdd7b1528', 1000000);
INSERT INTO public._sqlx_migrations VALUES (8, 'openings', '2026-11-29 05:00:00+00', true, '\xe6602ca8da9071b3e3dd2c888838ce8f61ba5fa9090a123d4f9170b22482e2be40c972713887470abf31aaeb543c9a12', 1000000);
INSERT INTO public._sqlx_migrations VALUES (9, 'harvest', '2026-11-29 09:24:00+00', true, '\x5955ace10a91bc54802d131db0d031b2db380aea5996d69e7c9ad52e4ad909a83f82a47ae05c8a9b08b193158bfedb10', 1000000);
INSERT INTO public._sqlx_migrations VALUES (10, 'convention', '2026-11-29 19:30:00+00', true, '\x5243facbdc7feecba0b1070f2ac512dd8992cd95785aebb1665830446c43d371416aaa93825a5e8bd136d84cc99f345e', 1000000);
INSERT INTO public._sqlx_migrations VALUES (11, 'duties', '2026-11-29 23:30:00+00', true, '\x71efca88c395d6cbd33b95fbf92e13d41b54bb3eabc7f423e582b667aac97ec605d23737e51a39178c7dfca02ea7e744', 1000000);
INSERT INTO public._sqlx_migrations VALUES (12, 'frameworks', '2026-11-30 01:20:00+00', true, '\xa0a3c2890dc90be4e13125dda4073a64211bc79a42de7fad0cfc95b3f6cbaebbad44dcf5f6b3321b5ef86635e7bb0718', 1000000);
INSERT INTO public._sqlx_migrations VALUES (13, 'memberships', '2026-11-29 23:00:00+00', true, '\xc07873eeac08e44dee777255451af8d0dbe254755f68482a92f17b53be2ca932ec152a36967a3de6e8c43bdd0a165e9c', 1000000);
INSERT INTO public._sqlx_migrations VALUES (14, 'credentials', '2026-11-30 06:11:04.329335+00', true, '\x3a69f6569c240ed8d2303e397bc2f67a76785345bd57ae82d2049763c0cb030123f68f8582b25cef812bfbe083232c24', 13633381);


--
-- Data for Name: agreement; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.agreement VALUES ('urn:uuid:01a20188-b205-7f7a-88a9-624a1a8762cc', 'urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 'provider', 'did:web:localhost%3A28443:ville', 'urn:uuid:01a20188-b0bd-7415-9824-ed78e684171f', 'signed', 1795322066243, 4, 1795322065413, '{"callback":"https://localhost:28443/ville/dsp/2025-1","shown":[1,"clrkX_RNDm8VfzlwAxJbnLhN6lC4ZVbxb8qigev4otM"],"until":null,"policy":"{\"@type\":\"Agreement\",\"permission\":[{\"action\":\"use\",\"constraint\":[{\"leftOperand\":\"recipient\",\"operator\":\"eq\",\"rightOperand\":\"did:web:localhost%3A28443:ville\"},{\"leftOperand\":\"count\",\"operator\":\"lteq\",\"rightOperand\":\"5\"}]}],\"@id\":\"urn:uuid:01a20188-b205-7f7a-88a9-624a1a8762cc\",\"target\":\"urn:uuid:01a20188-b0bd-7415-9824-ed78e684171f\",\"assigner\":\"did:web:localhost%3A28443\",\"assignee\":\"did:web:localhost%3A28443:ville\",\"timestamp\":\"2026-11-22T04:34:25Z\"}","contract":{"document":"{\"alg\":\"sha-256\",\"createdAt\":\"2026-11-22T04:34:25Z\",\"dataset\":{\"digest\":\"clrkX_RNDm8VfzlwAxJbnLhN6lC4ZVbxb8qigev4otM\",\"id\":\"urn:uuid:01a20188-b0bd-7415-9824-ed78e684171f\",\"revision\":1},\"framework\":null,\"id\":\"urn:uuid:01a20188-b205-7f7a-88a9-624a1a8762cc\",\"parties\":[{\"did\":\"did:web:localhost%3A28443\",\"identity\":\"Jvm9DF1Msk5E5Zu9gH_kX61jwkU0yPVlUZvbU0LJ22M\",\"role\":\"provider\"},{\"did\":\"did:web:localhost%3A28443:ville\",\"identity\":\"NYDBdbAjgUGdP3Fxw7_5V0JdL04GcNRxifhXDgz6Z_I\",\"role\":\"consumer\"}],\"policy\":{\"@id\":\"urn:uuid:01a20188-b205-7f7a-88a9-624a1a8762cc\",\"@type\":\"Agreement\",\"assignee\":\"did:web:localhost%3A28443:ville\",\"assigner\":\"did:web:localhost%3A28443\",\"permission\":[{\"action\":\"use\",\"constraint\":[{\"leftOperand\":\"recipient\",\"operator\":\"eq\",\"rightOperand\":\"did:web:localhost%3A28443:ville\"},{\"leftOperand\":\"count\",\"operator\":\"lteq\",\"rightOperand\":\"5\"}]}],\"target\":\"urn:uuid:01a20188-b0bd-7415-9824-ed78e684171f\",\"timestamp\":\"2026-11-22T04:34:25Z\"},\"term\":{\"from\":\"2026-11-22T04:34:25Z\",\"until\":null},\"text\":{\"digest\":\"hKHArQTvFt8FtuqHJd5NubNclKGenX7V7rFu3lhWrJw\",\"lang\":\"fr\",\"template\":\"fiducie-terms\",\"version\":\"1\"},\"type\":\"fiducie-contract\",\"v\":1}","text":"CONDITIONS D''UTILISATION\nJeu de données : urn:uuid:01a20188-b0bd-7415-9824-ed78e684171f\nAccordées par : did:web:localhost%3A28443\nAccordées à : did:web:localhost%3A28443:ville\n\nAutorisations\n1. utiliser les données (use) [E1], si tout ceci est vrai :\n   - destinataire : did:web:localhost%3A28443:ville [E1]\n   - nombre d''usages : au plus 5 [E1]\n\nTout ce qui n''est pas autorisé est refusé ; une interdiction l''emporte sur une autorisation.\nGaranties :\n   E1 : le nœud du fournisseur refuse de lui-même\n   E2 : les logiciels des deux nœuds coopèrent\n   E3 : le partenaire l''atteste, par une déclaration signée et datée\n   E4 : engagement contractuel, sans contrôle technique\n","identities":"{\"did:web:localhost%3A28443\":{\"@context\":[\"https://www.w3.org/ns/did/v1\",\"https://w3id.org/security/suites/jws-2020/v1\",\"https://w3id.org/dspace/2025/1/context.jsonld\"],\"id\":\"did:web:localhost%3A28443\",\"verificationMethod\":[{\"id\":\"did:web:localhost%3A28443#VNC8_rpAeXNhadBpblT87lBClKHzCoBV5JtjXv_po5c\",\"type\":\"JsonWebKey2020\",\"controller\":\"did:web:localhost%3A28443\",\"publicKeyJwk\":{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"pxO2zi7prwfSXUU8fAGax5xYbXGZj3Z6UD6GlOaNZgU\",\"alg\":\"EdDSA\"},\"fiducie:validity\":{\"from\":\"2026-11-22T04:34:23Z\",\"until\":null}},{\"id\":\"did:web:localhost%3A28443#Wq_BQ58bFISD1dFLiE_K1AERou7D78UcwTpL0ay0Op4\",\"type\":\"JsonWebKey2020\",\"controller\":\"did:web:localhost%3A28443\",\"publicKeyJwk\":{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"nBdaX644xcWkPH6cBlXarQOgyfInZaqNsprj2Hdzmww\",\"y\":\"GIUDo2YyBLhxdOGvV4kKK84U4Pcj01KbGNuN4svpxkA\",\"alg\":\"ES256\"},\"fiducie:validity\":{\"from\":\"2026-11-22T04:34:23Z\",\"until\":null}}],\"authentication\":[\"did:web:localhost%3A28443#Wq_BQ58bFISD1dFLiE_K1AERou7D78UcwTpL0ay0Op4\"],\"assertionMethod\":[\"did:web:localhost%3A28443#Wq_BQ58bFISD1dFLiE_K1AERou7D78UcwTpL0ay0Op4\"],\"capabilityInvocation\":[\"did:web:localhost%3A28443#Wq_BQ58bFISD1dFLiE_K1AERou7D78UcwTpL0ay0Op4\"],\"service\":[{\"id\":\"did:web:localhost%3A28443#catalogue\",\"type\":\"CatalogService\",\"serviceEndpoint\":\"https://localhost:28443/dsp/2025-1/catalog\"},{\"id\":\"did:web:localhost%3A28443#connector\",\"type\":\"DataService\",\"serviceEndpoint\":\"https://localhost:28443/.well-known/dspace-version\"}]},\"did:web:localhost%3A28443:ville\":{\"@context\":[\"https://www.w3.org/ns/did/v1\",\"https://w3id.org/security/suites/jws-2020/v1\",\"https://w3id.org/dspace/2025/1/context.jsonld\"],\"id\":\"did:web:localhost%3A28443:ville\",\"verificationMethod\":[{\"id\":\"did:web:localhost%3A28443:ville#0AfWugzhx3dPwqHF9j_NAH6-pi1e6T3MGJWimEyyKAg\",\"type\":\"JsonWebKey2020\",\"controller\":\"did:web:localhost%3A28443:ville\",\"publicKeyJwk\":{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"319e35JSxGKzPmKVEe7nr2_C1sAdhepO_bWHj5Wvehs\",\"alg\":\"EdDSA\"},\"fiducie:validity\":{\"from\":\"2026-11-22T04:34:23Z\",\"until\":null}},{\"id\":\"did:web:localhost%3A28443:ville#3kt1iwE-v1yuqy3GBYAU7JZ7oqtYQvbWrH2qfG0pPcw\",\"type\":\"JsonWebKey2020\",\"controller\":\"did:web:localhost%3A28443:ville\",\"publicKeyJwk\":{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"Kukkrz78Pgf4skoVJEst3hyxKSn3TzuC0Aa1Mi7PEOY\",\"y\":\"BMcoL2caAMZVtXnLuwCL94WX8Xix799OSd3ZgGK-h3s\",\"alg\":\"ES256\"},\"fiducie:validity\":{\"from\":\"2026-11-22T04:34:23Z\",\"until\":null}}],\"authentication\":[\"did:web:localhost%3A28443:ville#3kt1iwE-v1yuqy3GBYAU7JZ7oqtYQvbWrH2qfG0pPcw\"],\"assertionMethod\":[\"did:web:localhost%3A28443:ville#3kt1iwE-v1yuqy3GBYAU7JZ7oqtYQvbWrH2qfG0pPcw\"],\"capabilityInvocation\":[\"did:web:localhost%3A28443:ville#3kt1iwE-v1yuqy3GBYAU7JZ7oqtYQvbWrH2qfG0pPcw\"],\"service\":[{\"id\":\"did:web:localhost%3A28443:ville#catalogue\",\"type\":\"CatalogService\",\"serviceEndpoint\":\"https://localhost:28443/ville/dsp/2025-1/catalog\"},{\"id\":\"did:web:localhost%3A28443:ville#connector\",\"type\":\"DataService\",\"serviceEndpoint\":\"https://localhost:28443/ville/.well-known/dspace-version\"}]}}","signatures":["eyJhbGciOiJFUzI1NiIsImtpZCI6ImRpZDp3ZWI6bG9jYWxob3N0JTNBMjg0NDMjV3FfQlE1OGJGSVNEMWRGTGlFX0sxQUVSb3U3RDc4VWN3VHBMMGF5ME9wNCIsInR5cCI6ImZpZHVjaWUtY29udHJhY3QrandzIiwiY2FwIjoibm9kZSIsImlhdCI6MTc5NTMyMjA2NX0..ApQCOuMznfULmnswPkHYEDt4N5Y0JyJPtmvksr99Rx6I3Ul4Nl-29TB42IdSdz9A29hW8Q17yL4TZ2pfLXzNWQ","eyJhbGciOiJFUzI1NiIsImtpZCI6ImRpZDp3ZWI6bG9jYWxob3N0JTNBMjg0NDM6dmlsbGUjM2t0MWl3RS12MXl1cXkzR0JZQVU3Slo3b3F0WVF2YldySDJxZkcwcFBjdyIsInR5cCI6ImZpZHVjaWUtY29udHJhY3QrandzIiwiY2FwIjoibm9kZSIsImlhdCI6MTc5NTMyMjA2NX0..-zrqll5AqOz1ZkZfyMwomG3SzDKOunUADX8ALodID5dvI3VJkWZ5VaNplb-NERTPW02t2sCcg_5YqtC4b6c1qQ"]}}');
INSERT INTO public.agreement VALUES ('urn:uuid:01a20188-b205-7f7a-88a9-624a1a8762cc', 'urn:uuid:01a20188-ac3d-703b-808f-82bbf8eeabf8', 'consumer', 'did:web:localhost%3A28443', 'urn:uuid:01a20188-b0bd-7415-9824-ed78e684171f', 'signed', NULL, 3, 1795322065429, '{"callback":"https://localhost:28443/dsp/2025-1","shown":[1,"clrkX_RNDm8VfzlwAxJbnLhN6lC4ZVbxb8qigev4otM"],"until":null,"policy":"{\"@type\":\"Agreement\",\"permission\":[{\"action\":\"use\",\"constraint\":[{\"leftOperand\":\"recipient\",\"operator\":\"eq\",\"rightOperand\":\"did:web:localhost%3A28443:ville\"},{\"leftOperand\":\"count\",\"operator\":\"lteq\",\"rightOperand\":\"5\"}]}],\"@id\":\"urn:uuid:01a20188-b205-7f7a-88a9-624a1a8762cc\",\"target\":\"urn:uuid:01a20188-b0bd-7415-9824-ed78e684171f\",\"assigner\":\"did:web:localhost%3A28443\",\"assignee\":\"did:web:localhost%3A28443:ville\",\"timestamp\":\"2026-11-22T04:34:25Z\"}","contract":{"document":"{\"alg\":\"sha-256\",\"createdAt\":\"2026-11-22T04:34:25Z\",\"dataset\":{\"digest\":\"clrkX_RNDm8VfzlwAxJbnLhN6lC4ZVbxb8qigev4otM\",\"id\":\"urn:uuid:01a20188-b0bd-7415-9824-ed78e684171f\",\"revision\":1},\"framework\":null,\"id\":\"urn:uuid:01a20188-b205-7f7a-88a9-624a1a8762cc\",\"parties\":[{\"did\":\"did:web:localhost%3A28443\",\"identity\":\"Jvm9DF1Msk5E5Zu9gH_kX61jwkU0yPVlUZvbU0LJ22M\",\"role\":\"provider\"},{\"did\":\"did:web:localhost%3A28443:ville\",\"identity\":\"NYDBdbAjgUGdP3Fxw7_5V0JdL04GcNRxifhXDgz6Z_I\",\"role\":\"consumer\"}],\"policy\":{\"@id\":\"urn:uuid:01a20188-b205-7f7a-88a9-624a1a8762cc\",\"@type\":\"Agreement\",\"assignee\":\"did:web:localhost%3A28443:ville\",\"assigner\":\"did:web:localhost%3A28443\",\"permission\":[{\"action\":\"use\",\"constraint\":[{\"leftOperand\":\"recipient\",\"operator\":\"eq\",\"rightOperand\":\"did:web:localhost%3A28443:ville\"},{\"leftOperand\":\"count\",\"operator\":\"lteq\",\"rightOperand\":\"5\"}]}],\"target\":\"urn:uuid:01a20188-b0bd-7415-9824-ed78e684171f\",\"timestamp\":\"2026-11-22T04:34:25Z\"},\"term\":{\"from\":\"2026-11-22T04:34:25Z\",\"until\":null},\"text\":{\"digest\":\"hKHArQTvFt8FtuqHJd5NubNclKGenX7V7rFu3lhWrJw\",\"lang\":\"fr\",\"template\":\"fiducie-terms\",\"version\":\"1\"},\"type\":\"fiducie-contract\",\"v\":1}","text":"CONDITIONS D''UTILISATION\nJeu de données : urn:uuid:01a20188-b0bd-7415-9824-ed78e684171f\nAccordées par : did:web:localhost%3A28443\nAccordées à : did:web:localhost%3A28443:ville\n\nAutorisations\n1. utiliser les données (use) [E1], si tout ceci est vrai :\n   - destinataire : did:web:localhost%3A28443:ville [E1]\n   - nombre d''usages : au plus 5 [E1]\n\nTout ce qui n''est pas autorisé est refusé ; une interdiction l''emporte sur une autorisation.\nGaranties :\n   E1 : le nœud du fournisseur refuse de lui-même\n   E2 : les logiciels des deux nœuds coopèrent\n   E3 : le partenaire l''atteste, par une déclaration signée et datée\n   E4 : engagement contractuel, sans contrôle technique\n","identities":"{\"did:web:localhost%3A28443:ville\":{\"@context\":[\"https://www.w3.org/ns/did/v1\",\"https://w3id.org/security/suites/jws-2020/v1\",\"https://w3id.org/dspace/2025/1/context.jsonld\"],\"id\":\"did:web:localhost%3A28443:ville\",\"verificationMethod\":[{\"id\":\"did:web:localhost%3A28443:ville#0AfWugzhx3dPwqHF9j_NAH6-pi1e6T3MGJWimEyyKAg\",\"type\":\"JsonWebKey2020\",\"controller\":\"did:web:localhost%3A28443:ville\",\"publicKeyJwk\":{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"319e35JSxGKzPmKVEe7nr2_C1sAdhepO_bWHj5Wvehs\",\"alg\":\"EdDSA\"},\"fiducie:validity\":{\"from\":\"2026-11-22T04:34:23Z\",\"until\":null}},{\"id\":\"did:web:localhost%3A28443:ville#3kt1iwE-v1yuqy3GBYAU7JZ7oqtYQvbWrH2qfG0pPcw\",\"type\":\"JsonWebKey2020\",\"controller\":\"did:web:localhost%3A28443:ville\",\"publicKeyJwk\":{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"Kukkrz78Pgf4skoVJEst3hyxKSn3TzuC0Aa1Mi7PEOY\",\"y\":\"BMcoL2caAMZVtXnLuwCL94WX8Xix799OSd3ZgGK-h3s\",\"alg\":\"ES256\"},\"fiducie:validity\":{\"from\":\"2026-11-22T04:34:23Z\",\"until\":null}}],\"authentication\":[\"did:web:localhost%3A28443:ville#3kt1iwE-v1yuqy3GBYAU7JZ7oqtYQvbWrH2qfG0pPcw\"],\"assertionMethod\":[\"did:web:localhost%3A28443:ville#3kt1iwE-v1yuqy3GBYAU7JZ7oqtYQvbWrH2qfG0pPcw\"],\"capabilityInvocation\":[\"did:web:localhost%3A28443:ville#3kt1iwE-v1yuqy3GBYAU7JZ7oqtYQvbWrH2qfG0pPcw\"],\"service\":[{\"id\":\"did:web:localhost%3A28443:ville#catalogue\",\"type\":\"CatalogService\",\"serviceEndpoint\":\"https://localhost:28443/ville/dsp/2025-1/catalog\"},{\"id\":\"did:web:localhost%3A28443:ville#connector\",\"type\":\"DataService\",\"serviceEndpoint\":\"https://localhost:28443/ville/.well-known/dspace-version\"}]},\"did:web:localhost%3A28443\":{\"@context\":[\"https://www.w3.org/ns/did/v1\",\"https://w3id.org/security/suites/jws-2020/v1\",\"https://w3id.org/dspace/2025/1/context.jsonld\"],\"id\":\"did:web:localhost%3A28443\",\"verificationMethod\":[{\"id\":\"did:web:localhost%3A28443#VNC8_rpAeXNhadBpblT87lBClKHzCoBV5JtjXv_po5c\",\"type\":\"JsonWebKey2020\",\"controller\":\"did:web:localhost%3A28443\",\"publicKeyJwk\":{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"pxO2zi7prwfSXUU8fAGax5xYbXGZj3Z6UD6GlOaNZgU\",\"alg\":\"EdDSA\"},\"fiducie:validity\":{\"from\":\"2026-11-22T04:34:23Z\",\"until\":null}},{\"id\":\"did:web:localhost%3A28443#Wq_BQ58bFISD1dFLiE_K1AERou7D78UcwTpL0ay0Op4\",\"type\":\"JsonWebKey2020\",\"controller\":\"did:web:localhost%3A28443\",\"publicKeyJwk\":{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"nBdaX644xcWkPH6cBlXarQOgyfInZaqNsprj2Hdzmww\",\"y\":\"GIUDo2YyBLhxdOGvV4kKK84U4Pcj01KbGNuN4svpxkA\",\"alg\":\"ES256\"},\"fiducie:validity\":{\"from\":\"2026-11-22T04:34:23Z\",\"until\":null}}],\"authentication\":[\"did:web:localhost%3A28443#Wq_BQ58bFISD1dFLiE_K1AERou7D78UcwTpL0ay0Op4\"],\"assertionMethod\":[\"did:web:localhost%3A28443#Wq_BQ58bFISD1dFLiE_K1AERou7D78UcwTpL0ay0Op4\"],\"capabilityInvocation\":[\"did:web:localhost%3A28443#Wq_BQ58bFISD1dFLiE_K1AERou7D78UcwTpL0ay0Op4\"],\"service\":[{\"id\":\"did:web:localhost%3A28443#catalogue\",\"type\":\"CatalogService\",\"serviceEndpoint\":\"https://localhost:28443/dsp/2025-1/catalog\"},{\"id\":\"did:web:localhost%3A28443#connector\",\"type\":\"DataService\",\"serviceEndpoint\":\"https://localhost:28443/.well-known/dspace-version\"}]}}","signatures":["eyJhbGciOiJFUzI1NiIsImtpZCI6ImRpZDp3ZWI6bG9jYWxob3N0JTNBMjg0NDMjV3FfQlE1OGJGSVNEMWRGTGlFX0sxQUVSb3U3RDc4VWN3VHBMMGF5ME9wNCIsInR5cCI6ImZpZHVjaWUtY29udHJhY3QrandzIiwiY2FwIjoibm9kZSIsImlhdCI6MTc5NTMyMjA2NX0..ApQCOuMznfULmnswPkHYEDt4N5Y0JyJPtmvksr99Rx6I3Ul4Nl-29TB42IdSdz9A29hW8Q17yL4TZ2pfLXzNWQ","eyJhbGciOiJFUzI1NiIsImtpZCI6ImRpZDp3ZWI6bG9jYWxob3N0JTNBMjg0NDM6dmlsbGUjM2t0MWl3RS12MXl1cXkzR0JZQVU3Slo3b3F0WVF2YldySDJxZkcwcFBjdyIsInR5cCI6ImZpZHVjaWUtY29udHJhY3QrandzIiwiY2FwIjoibm9kZSIsImlhdCI6MTc5NTMyMjA2NX0..-zrqll5AqOz1ZkZfyMwomG3SzDKOunUADX8ALodID5dvI3VJkWZ5VaNplb-NERTPW02t2sCcg_5YqtC4b6c1qQ"]}}');


--
-- Data for Name: api_token; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.api_token VALUES ('01a20188-aba9-7feb-a6d6-9551b8dea538', 'urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', '34094c92e7f2bee3b0898c8c5e197b43a143c301fd373e0555b31591813fbf74', 'admin', 'init', 1795322063785, NULL, NULL);
INSERT INTO public.api_token VALUES ('01a20188-ac3d-70cc-85d5-1e4ead83f383', 'urn:uuid:01a20188-ac3d-703b-808f-82bbf8eeabf8', '6721a8e9ea63cdafcf2bc065a50a44a1d2c1de09eae39a56196ffe2149f6187a', 'admin', 'init', 1795322063933, NULL, NULL);


--
-- Data for Name: attested; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: ballot; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: convention; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: cosigned; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: counter; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.counter VALUES ('urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 'urn:uuid:01a20188-b205-7f7a-88a9-624a1a8762cc', '/permission/0', 1);


--
-- Data for Name: counter_use; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.counter_use VALUES ('urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 'urn:uuid:01a20188-b205-7f7a-88a9-624a1a8762cc', '/permission/0', 'a314b8c9b157982b84a9ff5dfc74794a', 1);


--
-- Data for Name: credential_held; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.credential_held VALUES ('urn:uuid:01a20185-0000-7000-8000-000000000002', 'urn:uuid:01a20188-ac3d-703b-808f-82bbf8eeabf8', 'did:web:localhost%3A28443', 'MembershipCredential', 'vc20-bssl/jwt', 1826536000000, 1795000000000, 'a.b.c');


--
-- Data for Name: credential_issued; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.credential_issued VALUES ('urn:uuid:01a20185-0000-7000-8000-000000000002', 'urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 'did:web:localhost%3A28443:ville', 'MembershipCredential', 'vc20-bssl/jwt', 'active', 1, 7, 1795000000000, 1826536000000, 1, 'a.b.c');


--
-- Data for Name: credential_request; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: dataset; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.dataset VALUES ('urn:uuid:01a20188-b0bd-7415-9824-ed78e684171f', 'urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 1, 'clrkX_RNDm8VfzlwAxJbnLhN6lC4ZVbxb8qigev4otM', 'partenaires_nommes', 0, 1795322065085, 1795322065085, 1);


--
-- Data for Name: dataset_revision; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.dataset_revision VALUES ('urn:uuid:01a20188-b0bd-7415-9824-ed78e684171f', 'urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 1, 'clrkX_RNDm8VfzlwAxJbnLhN6lC4ZVbxb8qigev4otM', '{"v":1,"id":"urn:uuid:01a20188-b0bd-7415-9824-ed78e684171f","lang":"fr","title":{"fr":"Débits"},"description":{"fr":"Débits par pas de cinq minutes."},"theme":["ENVI"],"location":[{"kind":"commune","code":"35238","label":"Rennes"}],"format":["CSV"],"granularity":{"level":"equipement","temporal":"P1D"},"frequency":"DAILY","producer":{"name":"Régie des eaux"},"status":"privee","rung":"partenaires_nommes","source":{"file":"a.csv"},"offers":[{"id":"urn:uuid:01a20188-b0bd-7e8a-bdef-28fdf59b3dfc","policy":{"@type":"Offer","permission":[{"action":"use","constraint":[{"leftOperand":"recipient","operator":"eq","rightOperand":"did:web:localhost%3A28443:ville"},{"leftOperand":"count","operator":"lteq","rightOperand":"5"}]}]}}]}', 1795322065085);


--
-- Data for Name: decision_facts; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.decision_facts VALUES ('urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 13, 'zqRJoanIqCRRRsprFf5SXlJja_ONBTjwq0W_3MXuwyI', '{"decision":{"consumes":[{"amount":1,"counter":"/permission/0","limit":5}],"outcome":"permit","permission":"/permission/0","reasons":[{"expected":"use","key":"rule","kind":"permission","pointer":"/permission/0","verdict":"satisfied"},{"expected":"did:web:localhost%3A28443:ville","found":"did:web:localhost%3A28443:ville","key":"constraint","kind":"permission","operand":"recipient","operator":"eq","pointer":"/permission/0/constraint/0","verdict":"satisfied"},{"expected":"5","found":"0","key":"constraint","kind":"permission","operand":"count","operator":"lteq","pointer":"/permission/0/constraint/1","verdict":"satisfied"}],"v":1},"facts":{"counts":{"/permission/0":0},"firstUse":"never","fulfilled":[],"governingLaw":{"level":"declared","value":"FR"},"now":"2026-11-22T04:34:25.728Z","processingPlace":{"level":"declared","value":"FR"},"recipient":"did:web:localhost%3A28443:ville","signedAt":"2026-11-22T04:34:25.413Z","v":1},"request":{"action":"read","target":"urn:uuid:01a20188-b0bd-7415-9824-ed78e684171f","v":1},"salt":"vLwPvZAruKyLT81Qg-StB6N2ZpU9d0G9YmOPaj8k9uQ","standing":null,"v":1}');
INSERT INTO public.decision_facts VALUES ('urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 15, '_SpkFwMEdFXpMpprQhvRb5JVZC6vFZ6SAGp8pA8J5cA', '{"decision":{"consumes":[{"amount":1,"counter":"/permission/0","limit":5}],"outcome":"permit","permission":"/permission/0","reasons":[{"expected":"use","key":"rule","kind":"permission","pointer":"/permission/0","verdict":"satisfied"},{"expected":"did:web:localhost%3A28443:ville","found":"did:web:localhost%3A28443:ville","key":"constraint","kind":"permission","operand":"recipient","operator":"eq","pointer":"/permission/0/constraint/0","verdict":"satisfied"},{"expected":"5","found":"0","key":"constraint","kind":"permission","operand":"count","operator":"lteq","pointer":"/permission/0/constraint/1","verdict":"satisfied"}],"v":1},"facts":{"counts":{"/permission/0":0},"firstUse":"never","fulfilled":[],"governingLaw":{"level":"declared","value":"FR"},"now":"2026-11-22T04:34:26.243Z","processingPlace":{"level":"declared","value":"FR"},"recipient":"did:web:localhost%3A28443:ville","signedAt":"2026-11-22T04:34:25.413Z","v":1},"request":{"action":"read","target":"urn:uuid:01a20188-b0bd-7415-9824-ed78e684171f","v":1},"salt":"RnA7W82u1cmUxvuChO6XnNO28WNFF2iAHOSN6QgPkHc","standing":null,"v":1}');


--
-- Data for Name: delivery; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.delivery VALUES ('a314b8c9b157982b84a9ff5dfc74794a', 'urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 'provider', 'urn:uuid:01a20188-b340-76fd-bbdd-017663759b0f', 'urn:uuid:01a20188-b205-7f7a-88a9-624a1a8762cc', 'urn:uuid:01a20188-b0bd-7415-9824-ed78e684171f', 'did:web:localhost%3A28443:ville', '', 0, 8, 1795322066243, 1795322066274, 8, '403bea5152c251c5bc7ef420d824d191605723f99392e83a0549ad58c6d46291', 'complete');
INSERT INTO public.delivery VALUES ('a314b8c9b157982b84a9ff5dfc74794a', 'urn:uuid:01a20188-ac3d-703b-808f-82bbf8eeabf8', 'consumer', 'urn:uuid:01a20188-b32c-74cc-bfe4-52d9f1bb4b40', 'urn:uuid:01a20188-b205-7f7a-88a9-624a1a8762cc', 'urn:uuid:01a20188-b0bd-7415-9824-ed78e684171f', 'did:web:localhost%3A28443', '', 0, 8, 1795322066273, 1795322066276, 8, '403bea5152c251c5bc7ef420d824d191605723f99392e83a0549ad58c6d46291', 'complete');


--
-- Data for Name: directory_entry; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: duty; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: entitlement; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.entitlement VALUES ('did:web:localhost%3A28443:ville', 'urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 'MembershipCredential', '{"framework":"urn:uuid:01a20185-0000-7000-8000-000000000001"}', 31536000, 1795000000000);
INSERT INTO public.entitlement VALUES ('did:web:localhost%3A28443:ville', 'urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 'LabelCredential', '{"labels":["eau"]}', 31536000, 1795000000000);


--
-- Data for Name: entry_body; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.entry_body VALUES ('urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 0, NULL, '{"kind":"member.created","fields":{}}', NULL);
INSERT INTO public.entry_body VALUES ('urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 1, NULL, '{"kind":"member.key-added","fields":{"key":{"value":"did:web:localhost%3A28443#Wq_BQ58bFISD1dFLiE_K1AERou7D78UcwTpL0ay0Op4","salt":"T7mq1DZeauOZhaiOQD1z_q3F3l398m3PtyDqtxene5w"}}}', NULL);
INSERT INTO public.entry_body VALUES ('urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 2, NULL, '{"kind":"member.key-added","fields":{"key":{"value":"did:web:localhost%3A28443#x012bnAGOkde6scS7yYvDiYUXkKhvSJ8xqRl8b4NKHw","salt":"6-iY4KpIzSEgxFiZ-yCLJ0y3JdcjfCkYNhj9Iv4C5Aw"}}}', NULL);
INSERT INTO public.entry_body VALUES ('urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 3, NULL, '{"kind":"member.key-added","fields":{"key":{"value":"did:web:localhost%3A28443#VNC8_rpAeXNhadBpblT87lBClKHzCoBV5JtjXv_po5c","salt":"aQTJjQBvKCevzvi1vPkMjO_phVpI8vM5e5JXAkVuWv0"}}}', NULL);
INSERT INTO public.entry_body VALUES ('urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 4, NULL, '{"kind":"member.token-issued","fields":{"role":{"value":"admin","salt":"W7xXoton11n3e0eshf-oSFpTVdZOpntFdCjJ6MF_hL8"}}}', NULL);
INSERT INTO public.entry_body VALUES ('urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 5, NULL, '{"kind":"member.statement-made","fields":{"digest":{"value":"jkxpOBFpqvjEY0h4xUycI130QjyxoJASaAlHeDR2bGA","salt":"M9AA0prlBXjh0na15zb3JsS_ari-XYVOibsY5rL7gXU"}}}', NULL);
INSERT INTO public.entry_body VALUES ('urn:uuid:01a20188-ac3d-703b-808f-82bbf8eeabf8', 0, NULL, '{"kind":"member.created","fields":{}}', NULL);
INSERT INTO public.entry_body VALUES ('urn:uuid:01a20188-ac3d-703b-808f-82bbf8eeabf8', 1, NULL, '{"kind":"member.key-added","fields":{"key":{"value":"did:web:localhost%3A28443:ville#3kt1iwE-v1yuqy3GBYAU7JZ7oqtYQvbWrH2qfG0pPcw","salt":"e6phqBltBWqKG74FLx2Nl12_8BAPGoJWxAes5jTOhyY"}}}', NULL);
INSERT INTO public.entry_body VALUES ('urn:uuid:01a20188-ac3d-703b-808f-82bbf8eeabf8', 2, NULL, '{"kind":"member.key-added","fields":{"key":{"value":"did:web:localhost%3A28443:ville#eB4Woqa7no99Dll2SAXCLD2PoJcuQSFw2uqPJJjEwJc","salt":"jNSO6NxG3-BumdNDYjUyTbsMobEP9YkKNeJA722EsgM"}}}', NULL);
INSERT INTO public.entry_body VALUES ('urn:uuid:01a20188-ac3d-703b-808f-82bbf8eeabf8', 3, NULL, '{"kind":"member.key-added","fields":{"key":{"value":"did:web:localhost%3A28443:ville#0AfWugzhx3dPwqHF9j_NAH6-pi1e6T3MGJWimEyyKAg","salt":"RfGR0nGk-_4FV5IcBvT_84FPB408k-FwNXOVytT-E_Y"}}}', NULL);
INSERT INTO public.entry_body VALUES ('urn:uuid:01a20188-ac3d-703b-808f-82bbf8eeabf8', 4, NULL, '{"kind":"member.token-issued","fields":{"role":{"value":"admin","salt":"cbzVOHt8wyKXPhPp_YjY_cMHd0qPOwykvRCR3P_RfsQ"}}}', NULL);
INSERT INTO public.entry_body VALUES ('urn:uuid:01a20188-ac3d-703b-808f-82bbf8eeabf8', 5, NULL, '{"kind":"member.statement-made","fields":{"digest":{"value":"zDFUhNYZld21W3fVUHEHiGjN940rYZR_G4CLAB-0U4Q","salt":"LPak9oC745orNnJVaobbgbYTcu1ur6H3y3VJ5qebK3g"}}}', NULL);
INSERT INTO public.entry_body VALUES ('urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 6, NULL, '{"kind":"dataset.published","fields":{"dataset":{"value":"urn:uuid:01a20188-b0bd-7415-9824-ed78e684171f","salt":"LOJGKifmp5YqnyzWgkZDSbwKl_9giQqfllxm0tprxFo"},"digest":{"value":"clrkX_RNDm8VfzlwAxJbnLhN6lC4ZVbxb8qigev4otM","salt":"6Gy3LdbVGxk0zzD9k4IBo0qxGE184jbVB9WgFLD40no"},"revision":{"value":"1","salt":"-fc7AxoFZtEZJVeSR_FAJWnfTCjMgdLOUk81_JAJUwE"}}}', NULL);
INSERT INTO public.entry_body VALUES ('urn:uuid:01a20188-ac3d-703b-808f-82bbf8eeabf8', 6, NULL, '{"kind":"negotiation.requested","fields":{"dataset":{"value":"urn:uuid:01a20188-b0bd-7415-9824-ed78e684171f","salt":"qMV4rvnutF5I-nbVK5e74ua56HZCSmVsGulS8D6a1d8"},"negotiation":{"value":"urn:uuid:01a20188-b1eb-702a-8d6a-96398242ae5d","salt":"N2aMjVbZJOX7pxvNku4PjZl8Aag0yxcDs5F8ZK053gU"},"peer":{"value":"did:web:localhost%3A28443","salt":"jDGTwKb4dzRg6d8wm15amgCNvMezJxj0RokJg17iEYc"}}}', NULL);
INSERT INTO public.entry_body VALUES ('urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 7, NULL, '{"kind":"negotiation.requested","fields":{"dataset":{"value":"urn:uuid:01a20188-b0bd-7415-9824-ed78e684171f","salt":"VC4h5TAjEotJYfSYqNtiMZWeCoFwAanWjdTxrBV3V-4"},"negotiation":{"value":"urn:uuid:01a20188-b205-7a74-8f8e-75015f374a10","salt":"jfld4ID2fGxJgHTSWRNKEZrz1_Q6r50i_ORelj1Rygc"},"peer":{"value":"did:web:localhost%3A28443:ville","salt":"95zD1jrYESXa4wiw0pMuPfwuj4gVS-6PFXqfPMSGtVE"}}}', NULL);
INSERT INTO public.entry_body VALUES ('urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 8, NULL, '{"kind":"negotiation.agreed","fields":{"dataset":{"value":"urn:uuid:01a20188-b0bd-7415-9824-ed78e684171f","salt":"15ZkDBIlytqpvOK6f39UAEau4EjVkzUeTewPNZjcbeA"},"negotiation":{"value":"urn:uuid:01a20188-b205-7a74-8f8e-75015f374a10","salt":"rhzC_B_TOMJnlGSWPcn3lpLQVlSdWR4nhGgrXTcbQNc"},"peer":{"value":"did:web:localhost%3A28443:ville","salt":"8sILACR_6ur0F8wx-6KJlMnNFjPk8pZ1Nw3uSKPCE94"}}}', NULL);
INSERT INTO public.entry_body VALUES ('urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 9, 'urn:uuid:01a20188-b205-7f7a-88a9-624a1a8762cc', '{"kind":"contract.signed","fields":{"agreement":{"value":"urn:uuid:01a20188-b205-7f7a-88a9-624a1a8762cc","salt":"3raGl4kGE_fOp-qmPkNcwz8r9EWRCJZq5W8j73eyQU0"},"dataset":{"value":"urn:uuid:01a20188-b0bd-7415-9824-ed78e684171f","salt":"vXw5dev2o9XTgJAy3wrhueybHP2BgTzVnrTAP2IIh9A"},"digest":{"value":"5W2jTjnmyw1ba22suPh71rMRFIY7YJIK9Ay0mTE1mEk","salt":"w6O2Jn2-zvc7CVdXinRbQO3tGyQ1_jxVRJF43zsa9ZM"},"peer":{"value":"did:web:localhost%3A28443:ville","salt":"-KojbjbYxfZuceddCF5xGQwNcVxUYIVIJOlqt4mXoOI"}}}', NULL);
INSERT INTO public.entry_body VALUES ('urn:uuid:01a20188-ac3d-703b-808f-82bbf8eeabf8', 7, NULL, '{"kind":"negotiation.agreed","fields":{"dataset":{"value":"urn:uuid:01a20188-b0bd-7415-9824-ed78e684171f","salt":"ddzMjn_0h6l0NhEN-greCByS6-L4kdtPz8SuMivGgcY"},"negotiation":{"value":"urn:uuid:01a20188-b1eb-702a-8d6a-96398242ae5d","salt":"iZ17jHUnpxIgKfJlbp_jeXWaSHicDYryxgV6lZvdkx0"},"peer":{"value":"did:web:localhost%3A28443","salt":"oALe2G7FlwTN1Md6vXTaTfWAA9QrzCAyWBsnOtD-qlA"}}}', NULL);
INSERT INTO public.entry_body VALUES ('urn:uuid:01a20188-ac3d-703b-808f-82bbf8eeabf8', 8, 'urn:uuid:01a20188-b205-7f7a-88a9-624a1a8762cc', '{"kind":"contract.countersigned","fields":{"agreement":{"value":"urn:uuid:01a20188-b205-7f7a-88a9-624a1a8762cc","salt":"nToRBHDr3nIifnyWVtkN3FjXu7E1hw6BelDhRdmlpnQ"},"dataset":{"value":"urn:uuid:01a20188-b0bd-7415-9824-ed78e684171f","salt":"7qLtbXGsTU-E33CxE-8E1QYK89K4f-BGYjnfCaRoN_o"},"digest":{"value":"5W2jTjnmyw1ba22suPh71rMRFIY7YJIK9Ay0mTE1mEk","salt":"x73FsfmzB4f_NC2WK2QKmoisPtOtwqvEXStn8vDdYxg"},"peer":{"value":"did:web:localhost%3A28443","salt":"8UMd-k_pjJx9x0OuEy1gpYcJj9lpxtJ61WtDMzZvtTg"}}}', NULL);
INSERT INTO public.entry_body VALUES ('urn:uuid:01a20188-ac3d-703b-808f-82bbf8eeabf8', 9, 'urn:uuid:01a20188-b205-7f7a-88a9-624a1a8762cc', '{"kind":"contract.signed","fields":{"agreement":{"value":"urn:uuid:01a20188-b205-7f7a-88a9-624a1a8762cc","salt":"3CT-YszZP5QKSl1tVQ9A2UlS5HvfemQEgIzfb722RZU"},"dataset":{"value":"urn:uuid:01a20188-b0bd-7415-9824-ed78e684171f","salt":"enWJ7l4N1p4bZ3MWbziDr_vfIwwKXsg1qXq2Z3vR-Oc"},"digest":{"value":"5W2jTjnmyw1ba22suPh71rMRFIY7YJIK9Ay0mTE1mEk","salt":"J5hRBICy2FOxw9gJbfYuMN2EWxFHdGbjcH7bV7aqmWU"},"peer":{"value":"did:web:localhost%3A28443","salt":"eoeO5AVL-Xf0nnlgCRkXGT7fiAayeKNw4Z4M07rFKjE"}}}', NULL);
INSERT INTO public.entry_body VALUES ('urn:uuid:01a20188-ac3d-703b-808f-82bbf8eeabf8', 10, NULL, '{"kind":"negotiation.verified","fields":{"dataset":{"value":"urn:uuid:01a20188-b0bd-7415-9824-ed78e684171f","salt":"_C1Jl2hDrAJBdBk35PJpD19F5JDJrdMHHahAl3FM1Bc"},"negotiation":{"value":"urn:uuid:01a20188-b1eb-702a-8d6a-96398242ae5d","salt":"satLUmLEjBHexNidsKYqEIzFZxh93CkyoNUpVxMqtks"},"peer":{"value":"did:web:localhost%3A28443","salt":"N99PuJMtTt8Zf7tz4UFN8mblx1P6Ryu4S9AxcHDdPhI"}}}', NULL);
INSERT INTO public.entry_body VALUES ('urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 10, NULL, '{"kind":"negotiation.verified","fields":{"dataset":{"value":"urn:uuid:01a20188-b0bd-7415-9824-ed78e684171f","salt":"ZjjdT00moDt1sz4xnHy94caH0xUxLoKvQOH4Jev0MzA"},"negotiation":{"value":"urn:uuid:01a20188-b205-7a74-8f8e-75015f374a10","salt":"XX4438tJV4NQUFeLu0p1GIXH4xrM15uRzFiWjn0rPHo"},"peer":{"value":"did:web:localhost%3A28443:ville","salt":"53UMR67XMiZ5Sz_jiuCeMuw5cjMhj489U7KQSI-P9mg"}}}', NULL);
INSERT INTO public.entry_body VALUES ('urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 11, 'urn:uuid:01a20188-b205-7f7a-88a9-624a1a8762cc', '{"kind":"contract.countersigned","fields":{"agreement":{"value":"urn:uuid:01a20188-b205-7f7a-88a9-624a1a8762cc","salt":"K5RByP2Dkl82ha0fbrMz0MgjZPgxzO8hl3yGcKNb3JY"},"dataset":{"value":"urn:uuid:01a20188-b0bd-7415-9824-ed78e684171f","salt":"KBExY0rOszffv2zzsbxLbjS2HoySWKCXlejllwsYcoI"},"digest":{"value":"5W2jTjnmyw1ba22suPh71rMRFIY7YJIK9Ay0mTE1mEk","salt":"aTW58QEG9CzATo1KPRxL9AFwqKMGYzTRQ7dmsi_5c0s"},"peer":{"value":"did:web:localhost%3A28443:ville","salt":"dioM5wIvyRzzRCwtCG17GB5Av9i8FmBVD0B7QIpU9_M"}}}', NULL);
INSERT INTO public.entry_body VALUES ('urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 12, NULL, '{"kind":"negotiation.finalized","fields":{"dataset":{"value":"urn:uuid:01a20188-b0bd-7415-9824-ed78e684171f","salt":"I3wvdbWEobcQ3FFQB9DxpVrJ_pwqxb5zT333v0huYlE"},"negotiation":{"value":"urn:uuid:01a20188-b205-7a74-8f8e-75015f374a10","salt":"PG9zeDcyk1x67Q6FYmgBNLYPX5N4j1QXZHjOg9SHj64"},"peer":{"value":"did:web:localhost%3A28443:ville","salt":"UFJMr5QGFckqpfcTe6qPBru8XdC7GXLZiQs3eLbit3w"}}}', NULL);
INSERT INTO public.entry_body VALUES ('urn:uuid:01a20188-ac3d-703b-808f-82bbf8eeabf8', 11, NULL, '{"kind":"negotiation.finalized","fields":{"dataset":{"value":"urn:uuid:01a20188-b0bd-7415-9824-ed78e684171f","salt":"vHL0e20XKJoBYHP-twEPNtnDRAMXO7rZWMqwm5s-Nh0"},"negotiation":{"value":"urn:uuid:01a20188-b1eb-702a-8d6a-96398242ae5d","salt":"CyPTRVXEcVzJY0oMlLO5gvSL8bl2VJhAcIYk7qCmjok"},"peer":{"value":"did:web:localhost%3A28443","salt":"vCGqLtK98_slKnDOPyEeKW63GMhB6IzEnOdD7WxTWQM"}}}', NULL);
INSERT INTO public.entry_body VALUES ('urn:uuid:01a20188-ac3d-703b-808f-82bbf8eeabf8', 12, 'urn:uuid:01a20188-b205-7f7a-88a9-624a1a8762cc', '{"kind":"transfer.requested","fields":{"agreement":{"value":"urn:uuid:01a20188-b205-7f7a-88a9-624a1a8762cc","salt":"_D1IZQj0A8rc6FOqxAnS5BXto4NtylDPu7g3LKAcsYk"},"dataset":{"value":"urn:uuid:01a20188-b0bd-7415-9824-ed78e684171f","salt":"3DlGpqtwBeCsmFFPHh5aHYFruH_dyKHZWCEdpifSxAI"},"peer":{"value":"did:web:localhost%3A28443","salt":"GAcLv1VguRGENnzBRP0YVp98b14XGD40H5Hja77ufrQ"},"transfer":{"value":"urn:uuid:01a20188-b32c-74cc-bfe4-52d9f1bb4b40","salt":"O6qkinj7JpjaypNd-AJVgk-kzIC6DgapxEmO3lEaUIY"}}}', NULL);
INSERT INTO public.entry_body VALUES ('urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 13, 'urn:uuid:01a20188-b205-7f7a-88a9-624a1a8762cc', '{"kind":"transfer.requested","fields":{"agreement":{"value":"urn:uuid:01a20188-b205-7f7a-88a9-624a1a8762cc","salt":"Af1LS8Kkd6FfcwV7O8pDM8uru2oquhrMbxrzalW_MsA"},"dataset":{"value":"urn:uuid:01a20188-b0bd-7415-9824-ed78e684171f","salt":"KvWxCNs0RUDJZIBi1O-udaBNzKyVdkff_p9ZI7pZ0J4"},"peer":{"value":"did:web:localhost%3A28443:ville","salt":"Hgxt6XUhYv2ut-p9gO5TpsOIK8LnjW35JuBvJ4dVRW8"},"transfer":{"value":"urn:uuid:01a20188-b340-76fd-bbdd-017663759b0f","salt":"p9zElon7hPJm47wTjuOMm87DpO10Hjp_AUNxXRpBDf0"}}}', NULL);
INSERT INTO public.entry_body VALUES ('urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 14, 'urn:uuid:01a20188-b205-7f7a-88a9-624a1a8762cc', '{"kind":"transfer.started","fields":{"agreement":{"value":"urn:uuid:01a20188-b205-7f7a-88a9-624a1a8762cc","salt":"TYmttFVjuBqLv_oi6nrkWYQZHgjgbMY6M1sbOVwMiXg"},"dataset":{"value":"urn:uuid:01a20188-b0bd-7415-9824-ed78e684171f","salt":"yJXs4CCt114NYmW1BMycGeSqNMPjVZrR2xuWqdnSBN0"},"peer":{"value":"did:web:localhost%3A28443:ville","salt":"ysbLkt58exQPHyvo8H1qnUfc7Vs2K28e24559p2TMmw"},"transfer":{"value":"urn:uuid:01a20188-b340-76fd-bbdd-017663759b0f","salt":"-VNmLLrFGbbBm6I5YQ3tKACQLUmCTZqfl9k1wqbbX_c"}}}', NULL);
INSERT INTO public.entry_body VALUES ('urn:uuid:01a20188-ac3d-703b-808f-82bbf8eeabf8', 13, 'urn:uuid:01a20188-b205-7f7a-88a9-624a1a8762cc', '{"kind":"transfer.started","fields":{"agreement":{"value":"urn:uuid:01a20188-b205-7f7a-88a9-624a1a8762cc","salt":"BLcOhrQNp7-kZZHNcUMpznHVn7vucdvkdEYCLOD2050"},"dataset":{"value":"urn:uuid:01a20188-b0bd-7415-9824-ed78e684171f","salt":"qVYavMDu_rz5LTWlDtzpzdXY6JNtyHt1l0cYgtZamzg"},"peer":{"value":"did:web:localhost%3A28443","salt":"eT8U3U7eh2RHGJutUmIIsAg7j_3Iwa8Qe2ds1qBones"},"transfer":{"value":"urn:uuid:01a20188-b32c-74cc-bfe4-52d9f1bb4b40","salt":"4sTgfFvEK1KTvN66BKPIQx6UNHxf6VdoUXSwX2SIUZU"}}}', NULL);
INSERT INTO public.entry_body VALUES ('urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 15, 'urn:uuid:01a20188-b205-7f7a-88a9-624a1a8762cc', '{"kind":"delivery.opened","fields":{"agreement":{"value":"urn:uuid:01a20188-b205-7f7a-88a9-624a1a8762cc","salt":"RZ588-BtbiBBChkfpF5tnbx8N-Z_WvQo2hIB9D3J52Q"},"dataset":{"value":"urn:uuid:01a20188-b0bd-7415-9824-ed78e684171f","salt":"sZVjB_s0tC-kNqWbHhwwJXSt6IePDC9AcK02eh9y7Gs"},"first":{"value":"0","salt":"NENvQfQPDOth-jclJu0zK_IR-767ve71AJLGRq6WfaE"},"peer":{"value":"did:web:localhost%3A28443:ville","salt":"Z81LI-vqN_q6Stp2utVIyYV1Fwdc5-6xzefM3wXPMY8"},"transfer":{"value":"urn:uuid:01a20188-b340-76fd-bbdd-017663759b0f","salt":"1AtmjZx5sRfc7UhHFPqO7wqaxOCzBidCaWscBo5uEjg"}}}', NULL);
INSERT INTO public.entry_body VALUES ('urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 16, 'urn:uuid:01a20188-b205-7f7a-88a9-624a1a8762cc', '{"kind":"delivery.closed","fields":{"agreement":{"value":"urn:uuid:01a20188-b205-7f7a-88a9-624a1a8762cc","salt":"0-DTk7fe5w8xBdSIFB-N31KRkOvCo3GalirZmBb5ZYI"},"bytes":{"value":"8","salt":"EBHyKSveKgP4M6249oZegeQMMoZqDut_cw4Jd1IMp1o"},"dataset":{"value":"urn:uuid:01a20188-b0bd-7415-9824-ed78e684171f","salt":"sA_7gY-mIlwYRYe-un-GaJvxzbDCQh91Zm6M-nX1938"},"ending":{"value":"complete","salt":"OLy2D5rNUD76xPRb9lzAfNNV9xBgfxaZSfb-NMXAjz0"},"peer":{"value":"did:web:localhost%3A28443:ville","salt":"cIjZXrJkj-4q7ba5h7Htf6mjjmTMj4W_hV4eEJsidZo"},"sha256":{"value":"403bea5152c251c5bc7ef420d824d191605723f99392e83a0549ad58c6d46291","salt":"9xlqpwzgUwOxwXeQ2oiGwP5kdmLBo29jLI2wJPrrZg4"},"transfer":{"value":"urn:uuid:01a20188-b340-76fd-bbdd-017663759b0f","salt":"J30DwxnlL5xKEPuy2Lc6eE6aJD29G0V0K5Hz3YRd71U"}}}', NULL);
INSERT INTO public.entry_body VALUES ('urn:uuid:01a20188-ac3d-703b-808f-82bbf8eeabf8', 14, 'urn:uuid:01a20188-b205-7f7a-88a9-624a1a8762cc', '{"kind":"delivery.received","fields":{"agreement":{"value":"urn:uuid:01a20188-b205-7f7a-88a9-624a1a8762cc","salt":"fwOUfwZs8RjUMqD8anqriRkNueB3d1fpyzVvzl8UN_U"},"bytes":{"value":"8","salt":"2i5rAb0suCv1v6R7KaFoHAJ8EJHMA7CBxr8JzkogRD4"},"dataset":{"value":"urn:uuid:01a20188-b0bd-7415-9824-ed78e684171f","salt":"7IQ5tLv2tI5EIy9HfSR1AaTWSbfy31JLbjzBTXU67yA"},"ending":{"value":"complete","salt":"DsJM4piLoX8XOx99d75UVlNq_crT3D65du-CKsQuld0"},"peer":{"value":"did:web:localhost%3A28443","salt":"x3qcrmQslhYGNcyDTCIT_vaVY7p6hW3efjGxAY_rA_s"},"sha256":{"value":"403bea5152c251c5bc7ef420d824d191605723f99392e83a0549ad58c6d46291","salt":"aTSDyFKhKvC2Tk2BV_wApUMne108Sho1HxP9iaU2UFE"},"transfer":{"value":"urn:uuid:01a20188-b32c-74cc-bfe4-52d9f1bb4b40","salt":"HNRol4EAqgGvWIpLruBLVw6veRxH7hDqNAny8vHfiVQ"}}}', NULL);
INSERT INTO public.entry_body VALUES ('urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 17, 'urn:uuid:01a20188-b205-7f7a-88a9-624a1a8762cc', '{"kind":"delivery.acknowledged","fields":{"agreement":{"value":"urn:uuid:01a20188-b205-7f7a-88a9-624a1a8762cc","salt":"j5ivvbogLp_SjgvZBE6Fy0eWGOu54cEthAREMoHXnBU"},"bytes":{"value":"8","salt":"NgHqJqcKTHrURDrTjtkxm4A5Sgf52Fcw26q3KIAED7Q"},"dataset":{"value":"urn:uuid:01a20188-b0bd-7415-9824-ed78e684171f","salt":"eePVIngjPnGuxWDFRpApfaO5CSpMZo2HObjDurwXQ8c"},"peer":{"value":"did:web:localhost%3A28443:ville","salt":"cjVhWv9AKvpGPJo_AWYB-kdqU44FQ1BQykpYvZrls1Q"},"sha256":{"value":"403bea5152c251c5bc7ef420d824d191605723f99392e83a0549ad58c6d46291","salt":"0w6wGvwel9X5FqxDq30_8_7j-tbB9hH5Lp9i3jsYxH8"},"transfer":{"value":"urn:uuid:01a20188-b340-76fd-bbdd-017663759b0f","salt":"kU6phgpFYxPTKov2JEbi4yqzdOp009pyVtCOWyBq6g0"}}}', NULL);
INSERT INTO public.entry_body VALUES ('urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 18, 'urn:uuid:01a20188-b205-7f7a-88a9-624a1a8762cc', '{"kind":"contract.revoked","fields":{"agreement":{"value":"urn:uuid:01a20188-b205-7f7a-88a9-624a1a8762cc","salt":"wYHeAuRoSt4HksC18JS-AatZkap4f62fwVw8pvnXJlI"},"dataset":{"value":"urn:uuid:01a20188-b0bd-7415-9824-ed78e684171f","salt":"69V9Juvk_RPGniaefcsCmcd95mjGJAoWbywLlpvvnSU"},"digest":{"value":"5W2jTjnmyw1ba22suPh71rMRFIY7YJIK9Ay0mTE1mEk","salt":"erO9Z59g1sLdNxI4kXj7rcpegAsWPBXFEaSRSj3_3_0"},"peer":{"value":"did:web:localhost%3A28443:ville","salt":"r7AddQFa6htaAUPzlp1N9aPFQ-UfzaY94pe-6_152LM"}}}', NULL);
INSERT INTO public.entry_body VALUES ('urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 19, 'urn:uuid:01a20188-b205-7f7a-88a9-624a1a8762cc', '{"kind":"transfer.terminated","fields":{"agreement":{"value":"urn:uuid:01a20188-b205-7f7a-88a9-624a1a8762cc","salt":"BFrgb1c8WIjOD20y9eiGCZoUf-wLQHCeLiRzZQlKvag"},"dataset":{"value":"urn:uuid:01a20188-b0bd-7415-9824-ed78e684171f","salt":"fP2VFws6yEIk6DHC7hqSj87cXUmTS8ZnOJN6uoyOl4A"},"peer":{"value":"did:web:localhost%3A28443:ville","salt":"V5af_iL4ozHWQZI1Bi5AXmCmnh8Mj50Lbg8BB1iygOI"},"transfer":{"value":"urn:uuid:01a20188-b340-76fd-bbdd-017663759b0f","salt":"ygBzPy6QvA0QrVCTa7LlidZyUZ0xuydFluu5dZNPfYI"}}}', NULL);
INSERT INTO public.entry_body VALUES ('urn:uuid:01a20188-ac3d-703b-808f-82bbf8eeabf8', 15, 'urn:uuid:01a20188-b205-7f7a-88a9-624a1a8762cc', '{"kind":"transfer.terminated","fields":{"agreement":{"value":"urn:uuid:01a20188-b205-7f7a-88a9-624a1a8762cc","salt":"3AKGnhxyP6O47386c4m8WnUFOPoScWrSQ8uMVllV50o"},"dataset":{"value":"urn:uuid:01a20188-b0bd-7415-9824-ed78e684171f","salt":"9QQpIqPa4N7KPkLTPEOxRkKNuUkb5Ud3oli9glnwwl4"},"peer":{"value":"did:web:localhost%3A28443","salt":"Txns__Kp5tXfCYSKeOU4BfRimiOJ2WnL3igJgVhyz0s"},"transfer":{"value":"urn:uuid:01a20188-b32c-74cc-bfe4-52d9f1bb4b40","salt":"ODuEaKOut01u2i3l3qquJSxQUAacmCyxperorSpx_jM"}}}', NULL);
INSERT INTO public.entry_body VALUES ('urn:uuid:01a20188-ac3d-703b-808f-82bbf8eeabf8', 16, 'urn:uuid:01a20188-b205-7f7a-88a9-624a1a8762cc', '{"kind":"contract.revoked-by-peer","fields":{"agreement":{"value":"urn:uuid:01a20188-b205-7f7a-88a9-624a1a8762cc","salt":"rPab33xcxw_MpsPKG3pIoDamh1tnkpDHUGJcyvKHpqA"},"dataset":{"value":"urn:uuid:01a20188-b0bd-7415-9824-ed78e684171f","salt":"s4a6_E871ETBEQ-Crnq5j9LWKVzCBegEpqszYQ-r944"},"digest":{"value":"5W2jTjnmyw1ba22suPh71rMRFIY7YJIK9Ay0mTE1mEk","salt":"Il13QeziKQXhiPvEUXeB5MGA0h0lH5eFZM8d3QlbGyM"},"peer":{"value":"did:web:localhost%3A28443","salt":"nb_l6uhGcmsUHAXGfrH-0BlkXrNM9TX0dV56pMxGDzY"}}}', NULL);


--
-- Data for Name: event_cursor; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: framework; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: harvest_record; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.harvest_record VALUES ('https://source.example/a', 'urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 'catalogue.ttl', '00112233445566778899aabbccddeeff', '{"origin":"https://source.example/a","subject":"https://source.example/a","title":{"fr":"Mesures"}}', NULL, 1795321850000, 1795321850000);


--
-- Data for Name: harvest_source; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.harvest_source VALUES ('catalogue.ttl', 'urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 'import', 'https://source.example/', NULL, 1795321850000, 1795321850000, NULL, '{"found":1,"added":1,"changed":0,"unchanged":0,"deleted":0,"own":0,"known":0,"quarantined":0,"bytes":812}');


--
-- Data for Name: inbox; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.inbox VALUES ('urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 'did:web:localhost%3A28443:ville', 'urn:uuid:01a20188-b1eb-702a-8d6a-96398242ae5d', 'id:01a20188-b1eb-7790-b491-257c22c09778', 201, '{"@context":["https://w3id.org/dspace/2025/1/context.jsonld"],"@type":"ContractNegotiation","providerPid":"urn:uuid:01a20188-b205-7a74-8f8e-75015f374a10","consumerPid":"urn:uuid:01a20188-b1eb-702a-8d6a-96398242ae5d","state":"REQUESTED"}', 1795322065415);


--
-- Data for Name: lease; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.lease VALUES (1, 'vm/14725/uz7ZwqI0Noq_q1n9BlG2dg', 3, 0);


--
-- Data for Name: log_entry; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.log_entry VALUES ('urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 0, 1795322063800, 'member.created', NULL, '\x7b22616c67223a227368612d323536222c226174223a313739353332323036332c2263223a7b7d2c226b696e64223a226d656d6265722e63726561746564222c2276223a317d', '\xa5a7e3802313700306cf16e7d0a1f47740cb525bc35de5886bb71af5716f68e7');
INSERT INTO public.log_entry VALUES ('urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 1, 1795322063800, 'member.key-added', NULL, '\x7b22616c67223a227368612d323536222c226174223a313739353332323036332c2263223a7b226b6579223a227a6161714463754643436b6b636b4e56436c463732336f79395031793874656c794445626276756c453177227d2c226b696e64223a226d656d6265722e6b65792d6164646564222c2276223a317d', '\x87bd282e48574b9c32e5294acc3cbd3fb09e84f67f37c0b95a20dc312ae74622');
INSERT INTO public.log_entry VALUES ('urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 2, 1795322063800, 'member.key-added', NULL, '\x7b22616c67223a227368612d323536222c226174223a313739353332323036332c2263223a7b226b6579223a226f695975455f69706b42506c343565517a4c66524c5a6a79715276684e7a716977746c482d543468783673227d2c226b696e64223a226d656d6265722e6b65792d6164646564222c2276223a317d', '\xe02772b7a205992a060f03d37ef0e02fb61965389613c14a37e30f010133b35e');
INSERT INTO public.log_entry VALUES ('urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 3, 1795322063800, 'member.key-added', NULL, '\x7b22616c67223a227368612d323536222c226174223a313739353332323036332c2263223a7b226b6579223a22325a6e76715872437165767976326e33696553426f576f32554f304b4d5178726a54414e546d476d6f7334227d2c226b696e64223a226d656d6265722e6b65792d6164646564222c2276223a317d', '\x6e6dafa11fb7583dd311cf071c43ad5373ba4b9aea63e572a32d57b3cdcfc6bf');
INSERT INTO public.log_entry VALUES ('urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 4, 1795322063800, 'member.token-issued', NULL, '\x7b22616c67223a227368612d323536222c226174223a313739353332323036332c2263223a7b22726f6c65223a2252464446314c576c47704b47456542685f456e65613552496164566d4b49413135734f2d73354a62547551227d2c226b696e64223a226d656d6265722e746f6b656e2d697373756564222c2276223a317d', '\xb39643066d331d5dc9c4bf554576c5e659d9f224d71d881fa7908d46a0cdfe29');
INSERT INTO public.log_entry VALUES ('urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 5, 1795322063800, 'member.statement-made', NULL, '\x7b22616c67223a227368612d323536222c226174223a313739353332323036332c2263223a7b22646967657374223a22614c506567397a4e3371564f33305661385846643252356f5f6c5a754a4c514d385f57734d433748583134227d2c226b696e64223a226d656d6265722e73746174656d656e742d6d616465222c2276223a317d', '\x683369bfcf239ad08310da6da5c8a8b9414d9d8e18ef2a8dbde6bd3876c73588');
INSERT INTO public.log_entry VALUES ('urn:uuid:01a20188-ac3d-703b-808f-82bbf8eeabf8', 0, 1795322063946, 'member.created', NULL, '\x7b22616c67223a227368612d323536222c226174223a313739353332323036332c2263223a7b7d2c226b696e64223a226d656d6265722e63726561746564222c2276223a317d', '\xa5a7e3802313700306cf16e7d0a1f47740cb525bc35de5886bb71af5716f68e7');
INSERT INTO public.log_entry VALUES ('urn:uuid:01a20188-ac3d-703b-808f-82bbf8eeabf8', 1, 1795322063946, 'member.key-added', NULL, '\x7b22616c67223a227368612d323536222c226174223a313739353332323036332c2263223a7b226b6579223a227776524a785f65705f4c4d76706e71516477414b475951353968504275736d3663562d64346f5569783863227d2c226b696e64223a226d656d6265722e6b65792d6164646564222c2276223a317d', '\x2fd3fb90b95a0124111487ed6113eddebc3484602745d7d9bcc98caa7dc8f4a0');
INSERT INTO public.log_entry VALUES ('urn:uuid:01a20188-ac3d-703b-808f-82bbf8eeabf8', 2, 1795322063946, 'member.key-added', NULL, '\x7b22616c67223a227368612d323536222c226174223a313739353332323036332c2263223a7b226b6579223a22426d355f475355635f4732554e7952572d7730754739385a4b795633764b32344d304a746b536854627559227d2c226b696e64223a226d656d6265722e6b65792d6164646564222c2276223a317d', '\x0c8c78bf0cac5438965c8d23642151dbc5fec9b5937d3bfa35d13489845eb224');
INSERT INTO public.log_entry VALUES ('urn:uuid:01a20188-ac3d-703b-808f-82bbf8eeabf8', 3, 1795322063946, 'member.key-added', NULL, '\x7b22616c67223a227368612d323536222c226174223a313739353332323036332c2263223a7b226b6579223a22515437796472354d6c416b4a4879376b4d784e54305439584e2d4d43563178585263346359477268435138227d2c226b696e64223a226d656d6265722e6b65792d6164646564222c2276223a317d', '\x91791e57cdae7d0f63351a46e12823a3808f816cf2ff4fc352455ec82b7401aa');
INSERT INTO public.log_entry VALUES ('urn:uuid:01a20188-ac3d-703b-808f-82bbf8eeabf8', 4, 1795322063946, 'member.token-issued', NULL, '\x7b22616c67223a227368612d323536222c226174223a313739353332323036332c2263223a7b22726f6c65223a226a5247475958666d46526c527275642d34536351705064596a616d73735f34357969655779696361795351227d2c226b696e64223a226d656d6265722e746f6b656e2d697373756564222c2276223a317d', '\xd1e7f15b8b18680bbdeb649563c7983a01a8334bdf31711f48b29138e747bdff');
INSERT INTO public.log_entry VALUES ('urn:uuid:01a20188-ac3d-703b-808f-82bbf8eeabf8', 5, 1795322063946, 'member.statement-made', NULL, '\x7b22616c67223a227368612d323536222c226174223a313739353332323036332c2263223a7b22646967657374223a22327670514f6e4c4a6677784c4b426239736e37427034546b5f3374346a74692d5046793874465161674851227d2c226b696e64223a226d656d6265722e73746174656d656e742d6d616465222c2276223a317d', '\x0ee39aa1b8518a0c05373a1c23ba250130ccf0d5c282bb0e2054eb7451b8fef6');
INSERT INTO public.log_entry VALUES ('urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 6, 1795322065086, 'dataset.published', NULL, '\x7b22616c67223a227368612d323536222c226174223a313739353332323036352c2263223a7b2264617461736574223a2271383658397847714966334964706162536f433837774f3350704e363578395f315038334a4d4d39476b55222c22646967657374223a226c75593355445a616d5a4b792d676d3934514e3352376a6a4d58467a4c6b51334a756f784c386d78627438222c227265766973696f6e223a22702d6d754839725461633330303452497572547974684c5a5a7337705964746a4c46494b4845684b5a4551227d2c226b696e64223a22646174617365742e7075626c6973686564222c2276223a317d', '\x77113e2549bedce315a76b708ce7818145f43ecd57b8502136197b7975dc4d1f');
INSERT INTO public.log_entry VALUES ('urn:uuid:01a20188-ac3d-703b-808f-82bbf8eeabf8', 6, 1795322065389, 'negotiation.requested', NULL, '\x7b22616c67223a227368612d323536222c226174223a313739353332323036352c2263223a7b2264617461736574223a2261497a645f63686755716737695a68356e5f324a716545744d684c357a7866504639656f5a5f7766705f49222c226e65676f74696174696f6e223a2265766e79516a765748653330464b6f464b626b454c7970695168416e5a64317433414a6b33646e4d794c77222c2270656572223a225851627a324b306f2d7865746c3362772d534f39536d48454a437a7456436b55665f756837666365785849227d2c226b696e64223a226e65676f74696174696f6e2e726571756573746564222c2276223a317d', '\x719aba4c12e4257f3cb1a0bc82fa42eb78f9060c403eb290552354995c11f872');
INSERT INTO public.log_entry VALUES ('urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 7, 1795322065415, 'negotiation.requested', NULL, '\x7b22616c67223a227368612d323536222c226174223a313739353332323036352c2263223a7b2264617461736574223a224b654e2d554b4f563657754c72396b5f345a7755466c486d354a782d6b52514749795a307548706f794630222c226e65676f74696174696f6e223a227164695779464a43386a71756153564537516d34306f755469746c5371504d4d42595f5873696969534867222c2270656572223a2242434c784b4a6a4a4c5f37305a73724964364b4656786a6d496875793362795334595f705a5a7562734d4d227d2c226b696e64223a226e65676f74696174696f6e2e726571756573746564222c2276223a317d', '\x8dd78ff8cf19edc110d842d6ae16d7eef43588ea8ed5e6b9222633cf74e4e99d');
INSERT INTO public.log_entry VALUES ('urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 8, 1795322065415, 'negotiation.agreed', NULL, '\x7b22616c67223a227368612d323536222c226174223a313739353332323036352c2263223a7b2264617461736574223a226a774964325a6f4a6c4f46497470374a52667957735762505657544d624e6b46574f6f326d4c5030412d6b222c226e65676f74696174696f6e223a226542756d45516954764451496e46704a46662d79546d65536b6139526d32486a45746d5f78544e4c47364d222c2270656572223a2277775a63664d372d775054354154717456537855514a434750476f673845686f6a353077476d304e346e49227d2c226b696e64223a226e65676f74696174696f6e2e616772656564222c2276223a317d', '\x1115200e9f353b2eafefc52a021d3f3ad860fc582ffe742f52e4a59622b73a18');
INSERT INTO public.log_entry VALUES ('urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 9, 1795322065415, 'contract.signed', NULL, '\x7b22616c67223a227368612d323536222c226174223a313739353332323036352c2263223a7b2261677265656d656e74223a2234305f5a426d363869684e6c63355f3431546f68465f7a5141454b56594f78687a704f6639353055794f4d222c2264617461736574223a226b70314e636f6342756b396338353362694d6d67353866727a7653415646375172745844416b4673746473222c22646967657374223a2262763745754a6658445372646630414e7a4457486d53456a5043756b4652353144504450384c746c737a63222c2270656572223a2245375f426b526549534f4f5041654f5477414930565776336e5f69727437544239394a34503952306e6159227d2c226b696e64223a22636f6e74726163742e7369676e6564222c2276223a317d', '\x9963f3140ae987c79ebdee69d2bff58966eaba7348eee050073309b4035810c2');
INSERT INTO public.log_entry VALUES ('urn:uuid:01a20188-ac3d-703b-808f-82bbf8eeabf8', 7, 1795322065434, 'negotiation.agreed', NULL, '\x7b22616c67223a227368612d323536222c226174223a313739353332323036352c2263223a7b2264617461736574223a224f4a737135425763366562676935704f53684e76387a4d58786d7069773448575a54345866695f44475945222c226e65676f74696174696f6e223a22393844304837477251556b716e517842582d7661616e32684134355253596357516e486576507552765f38222c2270656572223a226c4f6c30385a414f53657151326133375643554d7a2d59617259754f784968667a79396a716332794a4f77227d2c226b696e64223a226e65676f74696174696f6e2e616772656564222c2276223a317d', '\xd9789681d254d974e6e753862e83b1d572dd3c91606b62ee27fc43606f09ec7f');
INSERT INTO public.log_entry VALUES ('urn:uuid:01a20188-ac3d-703b-808f-82bbf8eeabf8', 8, 1795322065434, 'contract.countersigned', NULL, '\x7b22616c67223a227368612d323536222c226174223a313739353332323036352c2263223a7b2261677265656d656e74223a224f4b43576545613062644b686a714c67396662495545766633686c367973577057554b7249676c74646a55222c2264617461736574223a2244742d4d626855314c69383736314c3559504e463574634e6138724d6e6668527639555f42385932485445222c22646967657374223a225a7150714f366855516d3562483357487a664d4c53576e4f426735417778334c49364d5a31705f79795455222c2270656572223a22564556686c543139306c6b45345963756c61576f4c714a6f51483853427a654d546b3549717635746c6845227d2c226b696e64223a22636f6e74726163742e636f756e7465727369676e6564222c2276223a317d', '\xff062be7afdd70f7d7bbc2fe2186100ef0cb6676923921db098318e1b33c995f');
INSERT INTO public.log_entry VALUES ('urn:uuid:01a20188-ac3d-703b-808f-82bbf8eeabf8', 9, 1795322065434, 'contract.signed', NULL, '\x7b22616c67223a227368612d323536222c226174223a313739353332323036352c2263223a7b2261677265656d656e74223a226b5a745a6a6a46754453626e6d4d5643324d4e49705075717547566b344b43464d417752384e4c76367941222c2264617461736574223a22646143305353576b71303068697876527238485f36575534786244787275626c635261484b715a63444238222c22646967657374223a22487a5f714a7163413041577653507741694c3344664a704c7a44594e555a3656586b36673034794a734c59222c2270656572223a225976695a6e6e316e47446d6b756131634250594f6448704a6c696254583750336b6c31494730367935534d227d2c226b696e64223a22636f6e74726163742e7369676e6564222c2276223a317d', '\x24eb3185030757668e16411fd239573756b5858601a6f42d06cf1ecafb796597');
INSERT INTO public.log_entry VALUES ('urn:uuid:01a20188-ac3d-703b-808f-82bbf8eeabf8', 10, 1795322065434, 'negotiation.verified', NULL, '\x7b22616c67223a227368612d323536222c226174223a313739353332323036352c2263223a7b2264617461736574223a22567a736f356c76494163564d78376e756e49636c79414554456e4a57476c32556c4c2d7267326a77756838222c226e65676f74696174696f6e223a22445f316e725838684a58577a6a624a5a4d6e4d315374643433303330347a4561573546305a396a4e715330222c2270656572223a224e425137554b476777346c30537974746644653466487967574d497677614a69505963456950566b735a38227d2c226b696e64223a226e65676f74696174696f6e2e7665726966696564222c2276223a317d', '\x1a3f6e393eb7a9a2d89d10e47460c274142bac948f6efb3a14de0154cfdaffa8');
INSERT INTO public.log_entry VALUES ('urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 10, 1795322065446, 'negotiation.verified', NULL, '\x7b22616c67223a227368612d323536222c226174223a313739353332323036352c2263223a7b2264617461736574223a2262676e6c713654613671304b734a73524f6e71515970432d3974484a3362724a5977316156423243726830222c226e65676f74696174696f6e223a22755a5567436c6f656a6e4876666a32496a59396254484a30764e61334c475f4b32385a68506544565f7973222c2270656572223a22385a36715f4f75357538766538447a44766b43697841394d4d4b663532524932744f52436d7a757976756b227d2c226b696e64223a226e65676f74696174696f6e2e7665726966696564222c2276223a317d', '\xf4ae17a1c928f8e89e584a63685dba513bf2ad157e5ec5742b7621718b8269e8');
INSERT INTO public.log_entry VALUES ('urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 11, 1795322065446, 'contract.countersigned', NULL, '\x7b22616c67223a227368612d323536222c226174223a313739353332323036352c2263223a7b2261677265656d656e74223a2268496d5470357854454a677454774e747a716c6c42634c69466f53375a474244744157794c6e5478765430222c2264617461736574223a22486365597254464237776859626346744769686930706f684a587a6d326151645935664e65435173645a6f222c22646967657374223a22764147677133623755616641374f2d35694a787135347a4941686a6833556967717570496e5258646a5067222c2270656572223a2252666d7337423837646c48774a347753397776512d684157714f6e2d54657453663461414f727639576a73227d2c226b696e64223a22636f6e74726163742e636f756e7465727369676e6564222c2276223a317d', '\x2a67c908e22c395a3139089c457b6f71b259144e2697e1386fae46ebcfccb5cb');
INSERT INTO public.log_entry VALUES ('urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 12, 1795322065446, 'negotiation.finalized', NULL, '\x7b22616c67223a227368612d323536222c226174223a313739353332323036352c2263223a7b2264617461736574223a22597137524f78484a424d324f56763652645a6d653448477372786f644963576d724c5f776a524b3957364d222c226e65676f74696174696f6e223a224633397541656a777179464f35557556355246784f3356426c7046572d536b7947506b457a6b68674a7273222c2270656572223a2230756d71357166594a3141484855476937724b74466d7563703444316869715272447474686b686b527163227d2c226b696e64223a226e65676f74696174696f6e2e66696e616c697a6564222c2276223a317d', '\xe413a3047a6a5cb3fd624cdf325f4737fe02fe89d7731f67bb6b5ab68591a9ba');
INSERT INTO public.log_entry VALUES ('urn:uuid:01a20188-ac3d-703b-808f-82bbf8eeabf8', 11, 1795322065461, 'negotiation.finalized', NULL, '\x7b22616c67223a227368612d323536222c226174223a313739353332323036352c2263223a7b2264617461736574223a22624762455779697435436654624e43336972516f4b53377a71584d59686e547a6d38424e54487342693973222c226e65676f74696174696f6e223a2279636774702d516c752d4f616d596e6a7667385f326c71463959624a723767584a62536e6c433454704938222c2270656572223a224a7276683559595976337637786156374172615f586769723556786b694f4661716f62447a735831417330227d2c226b696e64223a226e65676f74696174696f6e2e66696e616c697a6564222c2276223a317d', '\x66fa37d5e8d85c73e533735989c07276fcff55fb5b0c4eef486b50bc6198b083');
INSERT INTO public.log_entry VALUES ('urn:uuid:01a20188-ac3d-703b-808f-82bbf8eeabf8', 12, 1795322065714, 'transfer.requested', NULL, '\x7b22616c67223a227368612d323536222c226174223a313739353332323036352c2263223a7b2261677265656d656e74223a22644b4d4f536d6e4e376877377a46554e646c5241456a5667504155735148476b46593459757151634b6f55222c2264617461736574223a2236572d702d484e5f644d706f71563955743459754437435941374b4c7863517646574f4a54462d774b7655222c2270656572223a222d5939643076534145624f30755276446c735f713332467a30337233486d5745676d7633565768505f6338222c227472616e73666572223a22774d3235763743585746365557647a704f59413255412d4673637574694f71377a4b6c79764a762d45664d227d2c226b696e64223a227472616e736665722e726571756573746564222c2276223a317d', '\xb9ee9bc95abde112f7e0115ba8c7dfc58b21198616adef14e37f286e22ea5ca3');
INSERT INTO public.log_entry VALUES ('urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 13, 1795322065728, 'transfer.requested', NULL, '\x7b22616c67223a227368612d323536222c226174223a313739353332323036352c2263223a7b2261677265656d656e74223a225a39792d335f56777a6c7a6531584172566370786765377661726a51776a6a714d787a6b674c3139354d73222c2264617461736574223a224738734d7844554a6f35645f3670637a6f6f6d53366944652d78366b555f78673950454175534576535a6b222c2270656572223a2266776e756350482d716c41697958576569576571595f4c304d76616a444c415245564e4b364c6d79735267222c227472616e73666572223a2243646458466e72747136472d46654a636156754e583553784f7036646c5855613578663339796b77616655227d2c226661637473223a2250393545757469664254504f69524a714937445746544166316b6d5f5334456d5a59374d674e4f59386b51222c226b696e64223a227472616e736665722e726571756573746564222c226f7574636f6d65223a227065726d6974222c2276223a317d', '\x72991ca16998755ae761956af5998cc5e1a4b74813ab4705981f000ebb356c2d');
INSERT INTO public.log_entry VALUES ('urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 14, 1795322065728, 'transfer.started', NULL, '\x7b22616c67223a227368612d323536222c226174223a313739353332323036352c2263223a7b2261677265656d656e74223a22765646524d4e765a612d5a7246614858734d355158626e61666d6b36765535397834417458557954645045222c2264617461736574223a2262366773324b474c7a3055555062344470463369325a544758325341424f6a524c53766977516f58486834222c2270656572223a2236476d493775717a566d78384a67647472514435382d37784d796735613274734c48464b7234456d527963222c227472616e73666572223a2275653877494c68336a42424b6d4541346f626b794f75397a36626f71484363426870733972486133517a41227d2c226b696e64223a227472616e736665722e73746172746564222c2276223a317d', '\x57122a50ad515502525a775ecd004d8050f7f2534a5cd81417b3454a6cfb279f');
INSERT INTO public.log_entry VALUES ('urn:uuid:01a20188-ac3d-703b-808f-82bbf8eeabf8', 13, 1795322065824, 'transfer.started', NULL, '\x7b22616c67223a227368612d323536222c226174223a313739353332323036352c2263223a7b2261677265656d656e74223a22514b6c526f7638335731674e4e36774b674a4a49705a6876756d71696b3833546a6b7274753756454b666f222c2264617461736574223a22396439375762422d58346369484f5366694d736739495378544c6d4f44495462722d5a6774666255686845222c2270656572223a22346b484547435171535573622d336f6374307856496b70424a63644c367139477977414d70324a39505930222c227472616e73666572223a22586b716639755547465465704344693443706c357a475a58347a524c374338517a36476e57315278466d49227d2c226b696e64223a227472616e736665722e73746172746564222c2276223a317d', '\x0e8bcbf9302eb11d86427bcdb3b0b4e43c7fb9ed98c6d62139193e525add38b1');
INSERT INTO public.log_entry VALUES ('urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 15, 1795322066243, 'delivery.opened', 'a314b8c9b157982b84a9ff5dfc74794a', '\x7b22616c67223a227368612d323536222c226174223a313739353332323036362c2263223a7b2261677265656d656e74223a22466d386e526779544f5630386a746d366239744d5267414a42787a504762384879324b4b6166644a74386f222c2264617461736574223a22386d6a6453525836654564735474316e455f475148474a43595434334e594e614371445477334a58564f41222c226669727374223a222d7156453846676731466838726b66514e74576371307864416e5f4769785f6a54397056476e5451616834222c2270656572223a2245505a337a6643376d6b4871384d336d5f567a6f67575345547768584c545a713842777363454359485767222c227472616e73666572223a226d382d67436a574579565730564d77534c3246757a526957786c505f3050765a69327a77666d4c46777651227d2c226661637473223a22386c51374c3752574535595a713570473731484d486a4c59564b494161644c693538427834396473514d55222c226b696e64223a2264656c69766572792e6f70656e6564222c226f7574636f6d65223a227065726d6974222c22726566223a226133313462386339623135373938326238346139666635646663373437393461222c2276223a317d', '\x7158794161c5c3cf673045c632c9ff37fde178da99428ccd9d868fa5a28e33a1');
INSERT INTO public.log_entry VALUES ('urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 16, 1795322066275, 'delivery.closed', 'a314b8c9b157982b84a9ff5dfc74794a', '\x7b22616c67223a227368612d323536222c226174223a313739353332323036362c2263223a7b2261677265656d656e74223a22704674443574625066466f4f2d42396c3574476449577775784a704d3633686e717431324e7a6276576941222c226279746573223a224173733246306170655a6e4d58414a6d58744d77696e667a6845327672536e62634a59532d495254777745222c2264617461736574223a2261564e69434d6d686b4374696b3854685a62555a4f6b5f4b55556a39664733754552377747786c36723251222c22656e64696e67223a226c6650727935535854365950533955585a4c5f4c5a517431364854564151355843595f452d4d6264745a45222c2270656572223a226d4d4e383036754151322d74376979696a63335f434756506d596a37505f6f43752d4d4a5a4f7466555873222c22736861323536223a22343179674e6b5753774b6f65416a494d514463756f5f50656c6f6e4c2d4c684c50617852372d6e4f685045222c227472616e73666572223a227875446e4744335438596931435166652d75526f50513265777544693468504b62654d4847376845356b49227d2c226b696e64223a2264656c69766572792e636c6f736564222c22726566223a226133313462386339623135373938326238346139666635646663373437393461222c2276223a317d', '\x41b4456f0d9dcd9cfe48fa0698cc7922df62aea29f2443778a36e2b04d3df89a');
INSERT INTO public.log_entry VALUES ('urn:uuid:01a20188-ac3d-703b-808f-82bbf8eeabf8', 14, 1795322066281, 'delivery.received', 'a314b8c9b157982b84a9ff5dfc74794a', '\x7b22616c67223a227368612d323536222c226174223a313739353332323036362c2263223a7b2261677265656d656e74223a2245416434342d4662792d776a49414d426678506b6f422d653451736d777a4a6941796956762d42696b504d222c226279746573223a22686e4e6d566432423438537a77464e6b74543230536449682d73745155646876374d496a6a68766c344967222c2264617461736574223a2239656641305967486f4248724b7a3731455a515f3445316b636b43444a71696258414f5069584d67676138222c22656e64696e67223a225432327651657350527142454367414562546966367064586a735241316b396a4c2d4b4377464b5f514430222c2270656572223a226444796d67736d385148626d594e74715647586b4a5833775154746662736849567739394d54764877566f222c22736861323536223a227a524573352d62614e2d5276596d34733374577761626c795f475030506d5132576a4f616c6b6e657a4349222c227472616e73666572223a22616e6357755f684f3866422d4d375f337542384333316e693449535833794f4238535941447a7332334d63227d2c226b696e64223a2264656c69766572792e7265636569766564222c22726566223a226133313462386339623135373938326238346139666635646663373437393461222c2276223a317d', '\xf358372628511543a6504a56e5fec5b11397d0415d367dd486dc5e90d798402c');
INSERT INTO public.log_entry VALUES ('urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 17, 1795322066317, 'delivery.acknowledged', 'a314b8c9b157982b84a9ff5dfc74794a', '\x7b22616c67223a227368612d323536222c226174223a313739353332323036362c2263223a7b2261677265656d656e74223a2251437562547a596e634f58516833653559304354644a64354b2d58614d61796853775a664b6749392d3567222c226279746573223a226f3061624f4377424f592d764f326a315448686e4b7545326d45356e764152537873586170325279557334222c2264617461736574223a226f4a796830496743376e7546534630794b4961665135595f63615f6d70487566564e6e6d5a716659336555222c2270656572223a2269376b686a526d79666734473730363077704176486241387732796f55632d706e435f7577744e4c567549222c22736861323536223a2237777757365764564e61737866524d77726b6a39564b6e4e4f596d374c5f7a5a4c4339367955676a484d41222c227472616e73666572223a224e743761763443437a53434a5f35584947367436415773595a7a6f677a6d794b6f6d4b33696e49696c516b227d2c226b696e64223a2264656c69766572792e61636b6e6f776c6564676564222c22726566223a226133313462386339623135373938326238346139666635646663373437393461222c2276223a317d', '\xc2adcf38f4b99056a8dba64de3a0c521d8f1f9a5ceb19dffd114d7f9f48b6ad4');
INSERT INTO public.log_entry VALUES ('urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 18, 1795322067474, 'contract.revoked', NULL, '\x7b22616c67223a227368612d323536222c226174223a313739353332323036372c2263223a7b2261677265656d656e74223a2250597a7148336a756f366f736249365f675a7172763759694b6661544572655a5a515a43506a3866553167222c2264617461736574223a226a75395930514f6c39367a326769436d356b42724b624a6756766c4a59773675764b683745544269584c38222c22646967657374223a224c6338395f594e4e727a634733454c6d48587445616b6f325872345756305f49556953366c6b4766526c73222c2270656572223a22737a747031364961654977394d524d47424a3857554f6567506f53376f326c734457366845576a676b3867227d2c226b696e64223a22636f6e74726163742e7265766f6b6564222c2276223a317d', '\x272be10b7800a6202bb46a00225fd4d17b3cf4d51e96698fe3f4d494706183c2');
INSERT INTO public.log_entry VALUES ('urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 19, 1795322067474, 'transfer.terminated', NULL, '\x7b22616c67223a227368612d323536222c226174223a313739353332323036372c2263223a7b2261677265656d656e74223a22784e435f45436c58544f6b4268654c744e6e694750533141334b365664627771685f7733545f446f636d67222c2264617461736574223a22464e756f38565a4f4f34465268464a535131305a663451652d385369736241686963366b32385059542d49222c2270656572223a226553696a71443053672d5a75414b374c6c615578647a6536304d5a41493435494a4759794739737430504d222c227472616e73666572223a2274464b7133747433373570436669593065343276504e6a33303231365a46453738386a686e413161643138227d2c226b696e64223a227472616e736665722e7465726d696e61746564222c2276223a317d', '\xd7af33fde1b8a3c97175e5a283be953ee82918fef40944b530ed6ca38c483b7d');
INSERT INTO public.log_entry VALUES ('urn:uuid:01a20188-ac3d-703b-808f-82bbf8eeabf8', 15, 1795322067489, 'transfer.terminated', NULL, '\x7b22616c67223a227368612d323536222c226174223a313739353332323036372c2263223a7b2261677265656d656e74223a224772765168394b32616d704458506d62796262496f397048663073377159344c4c6b6844703434666f3377222c2264617461736574223a224167565937794161423446764a54395956644e7267413237767142393273524557375f5a594d576a545877222c2270656572223a227a6b4c4f2d4c5059714f306a56762d4d365269674a4a614b5576315f555832754459394f726449394c4267222c227472616e73666572223a2277737747674d446e36554e435f684b4d414d4d724a56303354484a73354278426436356339355a4376576b227d2c226b696e64223a227472616e736665722e7465726d696e61746564222c2276223a317d', '\x7adbd24ad70ec1db7107f170bc64ddd305c80b40808272cc80e5e2cf9631b214');
INSERT INTO public.log_entry VALUES ('urn:uuid:01a20188-ac3d-703b-808f-82bbf8eeabf8', 16, 1795322067502, 'contract.revoked-by-peer', NULL, '\x7b22616c67223a227368612d323536222c226174223a313739353332323036372c2263223a7b2261677265656d656e74223a22576b7a5752314362546d474357377651784c4a6247704c31336247797277793337536b31654e4838417649222c2264617461736574223a226432434e61765a5a33426f345163793237304b4e7249356f3277497a7948693450777a586f317a38684645222c22646967657374223a225a61654e79386f365161676b7653567171334643376370655344714d4d35666d765f485836537a6a4d4630222c2270656572223a22317a316b6b5430594b36486f4a746f567456617242344a5a5f587174333135694a6b386352567350597577227d2c226b696e64223a22636f6e74726163742e7265766f6b65642d62792d70656572222c2276223a317d', '\x48cfb8a1714660647bdcc74645351c02e9a67b24c93ec37c67d204172712dabf');


--
-- Data for Name: log_epoch; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: log_head; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.log_head VALUES ('urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 20, '\x8c5ef66343dcc15d5eea40da4b490b6bb4aba436034759bb805ded55f57a1aa4', 1795322067474, 3, 'localhost:28443/log
20
jF72Y0PcwV1e6kDaS0kLa7SrpDYDR1m7gF3tVfV6GqQ=

— localhost:28443/log f7glNS43dHJvOsQm4xuQ6ecOSyQnRCGlBhY4SIu/cl8nTv6FS51rFRFIYxxWI35ODboMcgNZNFvZR+TFjdQ70vdFMg8=
');
INSERT INTO public.log_head VALUES ('urn:uuid:01a20188-ac3d-703b-808f-82bbf8eeabf8', 17, '\xf47d1cecc3641a566715d9eaacd1b89dac5962e7d80535a28a9ec1a3c2a223be', 1795322067502, 3, 'localhost:28443/ville/log
17
9H0c7MNkGlZnFdnqrNG4naxZYufYBTWiip7Bo8KiI74=

— localhost:28443/ville/log /fSgROXT5ShbLy4No1a15BarsddGlBEQqCqmMhSfoT839i+MjAIRfAF1joRt5lSXI/QZmU65MoQbzbezW+EQMQa9Dgw=
');


--
-- Data for Name: log_tile; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: member; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.member VALUES ('urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 'did:web:localhost%3A28443', 'Eau', 'https://localhost:28443/', 1795322063800, NULL, NULL);
INSERT INTO public.member VALUES ('urn:uuid:01a20188-ac3d-703b-808f-82bbf8eeabf8', 'did:web:localhost%3A28443:ville', 'Ville', 'https://localhost:28443/ville', 1795322063946, NULL, NULL);


--
-- Data for Name: member_key; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.member_key VALUES ('did:web:localhost%3A28443#Wq_BQ58bFISD1dFLiE_K1AERou7D78UcwTpL0ay0Op4', 'urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 'sign', 'ES256', '{"kty":"EC","crv":"P-256","x":"nBdaX644xcWkPH6cBlXarQOgyfInZaqNsprj2Hdzmww","y":"GIUDo2YyBLhxdOGvV4kKK84U4Pcj01KbGNuN4svpxkA","alg":"ES256"}', '\x0175e7bb972933530551b2c4f77e0ed4706b37f74b11eeed78c730eef00d3b92e58d9a50613106fe1daaa3c36988fa16fb7f6239f29234764b31bec18789a066d88bcc56c248d1fc930ab99ac116e9710a0fe1374f3e4c408ce38122d56aebe7347ce1278cc5f83e023414f74d09b931c1fb59caccf42fef4dd9d5a209d3b2d0093a88e27289cceea015240e965aa083c35a036a49f6', 1795322063000, NULL);
INSERT INTO public.member_key VALUES ('did:web:localhost%3A28443#x012bnAGOkde6scS7yYvDiYUXkKhvSJ8xqRl8b4NKHw', 'urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 'data', 'ES256', '{"kty":"EC","crv":"P-256","x":"vKv8BTpt1HIGc1VHbEJyglYHl52mDFscrTSGNdd6zPY","y":"iD9s0gr1NBBjQ5wfX2cWkcBWiREXa0fc3OXwBfP3k2M","alg":"ES256"}', '\x01e0340a65a743b7ffa48ada84bbfa5165c3d43f9eb8aa46cde4524a6bf642107ac6b70797a28e5f997c7b90f1235590c3c043b56b1f6cbafed816a0675648b5270e0bae99ed9b7400af348ee3df5a6363cd3b2f06d9088eec7720d87bea2e6c6abbb45a31b8aa74fcb08d982a2410941f45610d7467b972e88e01095d362a93495597f5ad5aac9d004c0f4de1b5436897fb9979e7f9', 1795322063000, NULL);
INSERT INTO public.member_key VALUES ('did:web:localhost%3A28443#VNC8_rpAeXNhadBpblT87lBClKHzCoBV5JtjXv_po5c', 'urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 'log', 'EdDSA', '{"kty":"OKP","crv":"Ed25519","x":"pxO2zi7prwfSXUU8fAGax5xYbXGZj3Z6UD6GlOaNZgU","alg":"EdDSA"}', '\x019316ab0fdfdaf991dfa4eb8eef14e0e365ece7d6896619030c53bbbc2356d3e757743a7b07a98c0ef43a866cfd8e95660c0abd5e5b86cc455ac6eef72199ec2ce1f4732656ba606a25f7a35101ec25a9ceffad74094e43af1f6ec14d442ff8e3b82107fc8ab7d0de119487f69ee652', 1795322063000, NULL);
INSERT INTO public.member_key VALUES ('did:web:localhost%3A28443:ville#3kt1iwE-v1yuqy3GBYAU7JZ7oqtYQvbWrH2qfG0pPcw', 'urn:uuid:01a20188-ac3d-703b-808f-82bbf8eeabf8', 'sign', 'ES256', '{"kty":"EC","crv":"P-256","x":"Kukkrz78Pgf4skoVJEst3hyxKSn3TzuC0Aa1Mi7PEOY","y":"BMcoL2caAMZVtXnLuwCL94WX8Xix799OSd3ZgGK-h3s","alg":"ES256"}', '\x01ee9c675788ab4ed818db6974919cc2062026fa4766440a8d62bea9e25d633783799bb92d7d5c9948cb73b5a89589a1c03fb6ff0234d668368b53d54c9c04fc47e4234f39a0698902949235c1f652763f90e799d5a88f33720e5f060aacd9bd0005f7b36f27e44383626f33c7865e6ce31513bee65114446df9025621c6ff94c3a82b28431c11db9c75c327b2ce761e887ad384644f', 1795322063000, NULL);
INSERT INTO public.member_key VALUES ('did:web:localhost%3A28443:ville#eB4Woqa7no99Dll2SAXCLD2PoJcuQSFw2uqPJJjEwJc', 'urn:uuid:01a20188-ac3d-703b-808f-82bbf8eeabf8', 'data', 'ES256', '{"kty":"EC","crv":"P-256","x":"hZzS5r-AQDt7L7gj3z1xyZCD6tC_Df_-l685N76O42Q","y":"8H0nzdC3PmSJyU9e7hOghuplGgcL-uHyh_W-k7DS_zo","alg":"ES256"}', '\x01093c237a464b93521b3ff95e4c385569aac5fb6ad01ae31f61479cb8e0ed958f34247ee381f4df64cc5e89599cb977f5fed83947b9feb26c20107fac73be8d374cabdc47344ac9034bcde0c87a9700239612fa658693bc76a8859479b0af3c608c17a12aadf3e9f603fd834b762cb96497a993834a28e2a4281cf46115fd72c510fdb091604dfae1420b71d0aeebe4077116f40868', 1795322063000, NULL);
INSERT INTO public.member_key VALUES ('did:web:localhost%3A28443:ville#0AfWugzhx3dPwqHF9j_NAH6-pi1e6T3MGJWimEyyKAg', 'urn:uuid:01a20188-ac3d-703b-808f-82bbf8eeabf8', 'log', 'EdDSA', '{"kty":"OKP","crv":"Ed25519","x":"319e35JSxGKzPmKVEe7nr2_C1sAdhepO_bWHj5Wvehs","alg":"EdDSA"}', '\x016e9fa6ae5bc9d788cf7f64b7b34558c98d76eb8c7d312196f022ffa55a6290610d6b7035b6f35a8f7d5d24d409cec770edca157aa229ef6dfa777f8359176b9065f250749b06d7565bf0ee5ea1db3862fcb355f8cc538be2a6122803ebdc0867b0904f6158434ff6a139c55f252a6f', 1795322063000, NULL);


--
-- Data for Name: membership; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.membership VALUES ('urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 'urn:uuid:01a20185-0000-7000-8000-000000000001', 'operator', 'did:web:localhost%3A28443:ville', 'did:web:localhost%3A28443', 'member', '552100554', 3, 1795000000000, 1795000000000, '{"version":"1.0.0","question":null,"from":null,"appealed":false,"kind":"commune","name":"Ville","siret":null,"application":"a.b.c","charter":"a.b.c","reasons":[],"credential":null,"place":"FR","law":"FR","labels":[]}');
INSERT INTO public.membership VALUES ('urn:uuid:01a20188-ac3d-703b-808f-82bbf8eeabf8', 'urn:uuid:01a20185-0000-7000-8000-000000000001', 'applicant', 'did:web:localhost%3A28443:ville', 'did:web:localhost%3A28443', 'member', '552100554', 3, 1795000000000, 1795000000000, '{"version":"1.0.0","question":null,"from":null,"appealed":false,"kind":"commune","name":"Ville","siret":null,"application":"a.b.c","charter":"a.b.c","reasons":[],"credential":null,"place":"FR","law":"FR","labels":[]}');


--
-- Data for Name: negotiation; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.negotiation VALUES ('urn:uuid:01a20188-b1eb-702a-8d6a-96398242ae5d', 'urn:uuid:01a20188-ac3d-703b-808f-82bbf8eeabf8', 'consumer', 'did:web:localhost%3A28443', 'urn:uuid:01a20188-b205-7a74-8f8e-75015f374a10', 'urn:uuid:01a20188-b0bd-7415-9824-ed78e684171f', 'FINALIZED', 'urn:uuid:01a20188-b205-7f7a-88a9-624a1a8762cc', 0, 7, 1795322065387, 1795322065455, '{"callback":"https://localhost:28443/dsp/2025-1","offer":"urn:uuid:01a20188-b0bd-7e8a-bdef-28fdf59b3dfc","policy":"{\"@type\":\"Offer\",\"permission\":[{\"action\":\"use\",\"constraint\":[{\"leftOperand\":\"recipient\",\"operator\":\"eq\",\"rightOperand\":\"did:web:localhost%3A28443:ville\"},{\"leftOperand\":\"count\",\"operator\":\"lteq\",\"rightOperand\":\"5\"}]}],\"@id\":\"urn:uuid:01a20188-b0bd-7e8a-bdef-28fdf59b3dfc\"}","shown":[1,"clrkX_RNDm8VfzlwAxJbnLhN6lC4ZVbxb8qigev4otM"],"until":null,"statements":[],"unacknowledged":null,"terminated":null}');
INSERT INTO public.negotiation VALUES ('urn:uuid:01a20188-b205-7a74-8f8e-75015f374a10', 'urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 'provider', 'did:web:localhost%3A28443:ville', 'urn:uuid:01a20188-b1eb-702a-8d6a-96398242ae5d', 'urn:uuid:01a20188-b0bd-7415-9824-ed78e684171f', 'FINALIZED', 'urn:uuid:01a20188-b205-7f7a-88a9-624a1a8762cc', 0, 6, 1795322065413, 1795322065442, '{"callback":"https://localhost:28443/ville/dsp/2025-1","offer":"urn:uuid:01a20188-b0bd-7e8a-bdef-28fdf59b3dfc","policy":"{\"@type\":\"Offer\",\"permission\":[{\"action\":\"use\",\"constraint\":[{\"leftOperand\":\"recipient\",\"operator\":\"eq\",\"rightOperand\":\"did:web:localhost%3A28443:ville\"},{\"leftOperand\":\"count\",\"operator\":\"lteq\",\"rightOperand\":\"5\"}]}],\"@id\":\"urn:uuid:01a20188-b0bd-7e8a-bdef-28fdf59b3dfc\",\"target\":\"urn:uuid:01a20188-b0bd-7415-9824-ed78e684171f\"}","shown":[1,"clrkX_RNDm8VfzlwAxJbnLhN6lC4ZVbxb8qigev4otM"],"until":null,"statements":["eyJhbGciOiJFUzI1NiIsImtpZCI6ImRpZDp3ZWI6bG9jYWxob3N0JTNBMjg0NDM6dmlsbGUjM2t0MWl3RS12MXl1cXkzR0JZQVU3Slo3b3F0WVF2YldySDJxZkcwcFBjdyIsInR5cCI6ImZpZHVjaWUtc3RhdGVtZW50K2p3cyJ9.eyJleHAiOjE4MjY4NTgwNjMsImlhdCI6MTc5NTMyMjA2MywiaXNzIjoiZGlkOndlYjpsb2NhbGhvc3QlM0EyODQ0Mzp2aWxsZSIsImxhdyI6IkZSIiwicGxhY2UiOnsicHJvY2Vzc2luZyI6IkZSIn0sInR5cGUiOiJmaWR1Y2llLXN0YXRlbWVudCIsInYiOjF9.mxj_L4bO4OT4d37oXIpWiO4BmjfTb8V3Xtc_k6CJURaq2ITayVZ3Ri6uclNp_BLQ3lRK0Yz_yzuP4W60RgcMdg"],"unacknowledged":null,"terminated":null}');


--
-- Data for Name: offer; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.offer VALUES ('urn:uuid:01a20188-b0bd-7e8a-bdef-28fdf59b3dfc', 'urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 'urn:uuid:01a20188-b0bd-7415-9824-ed78e684171f', 1, 0, '{"@type":"Offer","permission":[{"action":"use","constraint":[{"leftOperand":"recipient","operator":"eq","rightOperand":"did:web:localhost%3A28443:ville"},{"leftOperand":"count","operator":"lteq","rightOperand":"5"}]}],"@id":"urn:uuid:01a20188-b0bd-7e8a-bdef-28fdf59b3dfc"}');


--
-- Data for Name: opening_key; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: outbox; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.outbox OVERRIDING SYSTEM VALUE VALUES (1, 'urn:uuid:01a20188-ac3d-703b-808f-82bbf8eeabf8', 'did:web:localhost%3A28443', 'negotiation', 'urn:uuid:01a20188-b1eb-702a-8d6a-96398242ae5d', 1, 'request', 'https://localhost:28443/dsp/2025-1/negotiations/request', '', 'done', 0, 1795322065389, 1795322185389, NULL, 1795322065389, 1795322065428);
INSERT INTO public.outbox OVERRIDING SYSTEM VALUE VALUES (2, 'urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 'did:web:localhost%3A28443:ville', 'negotiation', 'urn:uuid:01a20188-b205-7a74-8f8e-75015f374a10', 1, 'agreement', 'https://localhost:28443/ville/dsp/2025-1/negotiations/urn%3Auuid%3A01a20188-b1eb-702a-8d6a-96398242ae5d/agreement', '', 'done', 0, 1795322065415, 1795322185415, NULL, 1795322065415, 1795322065440);


--
-- Data for Name: peer_identity; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.peer_identity VALUES ('did:web:localhost%3A28443', 'urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', '\x7b2240636f6e74657874223a5b2268747470733a2f2f7777772e77332e6f72672f6e732f6469642f7631222c2268747470733a2f2f773369642e6f72672f73656375726974792f7375697465732f6a77732d323032302f7631222c2268747470733a2f2f773369642e6f72672f6473706163652f323032352f312f636f6e746578742e6a736f6e6c64225d2c226964223a226469643a7765623a6c6f63616c686f73742533413238343433222c22766572696669636174696f6e4d6574686f64223a5b7b226964223a226469643a7765623a6c6f63616c686f7374253341323834343323564e43385f72704165584e6861644270626c5438376c42436c4b487a436f4256354a746a58765f706f3563222c2274797065223a224a736f6e5765624b657932303230222c22636f6e74726f6c6c6572223a226469643a7765623a6c6f63616c686f73742533413238343433222c227075626c69634b65794a776b223a7b226b7479223a224f4b50222c22637276223a2245643235353139222c2278223a2270784f327a693770727766535855553866414761783578596258475a6a335a36554436476c4f614e5a6755222c22616c67223a224564445341227d2c22666964756369653a76616c6964697479223a7b2266726f6d223a22323032362d31312d32325430343a33343a32335a222c22756e74696c223a6e756c6c7d7d2c7b226964223a226469643a7765623a6c6f63616c686f737425334132383434332357715f4251353862464953443164464c69455f4b314145526f753744373855637754704c306179304f7034222c2274797065223a224a736f6e5765624b657932303230222c22636f6e74726f6c6c6572223a226469643a7765623a6c6f63616c686f73742533413238343433222c227075626c69634b65794a776b223a7b226b7479223a224543222c22637276223a22502d323536222c2278223a226e426461583634347863576b50483663426c586172514f677966496e5a61714e7370726a3248647a6d7777222c2279223a22474955446f325979424c6878644f477656346b4b4b3834553450636a30314b62474e754e34737670786b41222c22616c67223a224553323536227d2c22666964756369653a76616c6964697479223a7b2266726f6d223a22323032362d31312d32325430343a33343a32335a222c22756e74696c223a6e756c6c7d7d5d2c2261757468656e7469636174696f6e223a5b226469643a7765623a6c6f63616c686f737425334132383434332357715f4251353862464953443164464c69455f4b314145526f753744373855637754704c306179304f7034225d2c22617373657274696f6e4d6574686f64223a5b226469643a7765623a6c6f63616c686f737425334132383434332357715f4251353862464953443164464c69455f4b314145526f753744373855637754704c306179304f7034225d2c226361706162696c697479496e766f636174696f6e223a5b226469643a7765623a6c6f63616c686f737425334132383434332357715f4251353862464953443164464c69455f4b314145526f753744373855637754704c306179304f7034225d2c2273657276696365223a5b7b226964223a226469643a7765623a6c6f63616c686f7374253341323834343323636174616c6f677565222c2274797065223a22436174616c6f6753657276696365222c2273657276696365456e64706f696e74223a2268747470733a2f2f6c6f63616c686f73743a32383434332f6473702f323032352d312f636174616c6f67227d2c7b226964223a226469643a7765623a6c6f63616c686f7374253341323834343323636f6e6e6563746f72222c2274797065223a224461746153657276696365222c2273657276696365456e64706f696e74223a2268747470733a2f2f6c6f63616c686f73743a32383434332f2e77656c6c2d6b6e6f776e2f6473706163652d76657273696f6e227d5d7d', 1795322065367);
INSERT INTO public.peer_identity VALUES ('did:web:localhost%3A28443:ville', 'urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', '\x7b2240636f6e74657874223a5b2268747470733a2f2f7777772e77332e6f72672f6e732f6469642f7631222c2268747470733a2f2f773369642e6f72672f73656375726974792f7375697465732f6a77732d323032302f7631222c2268747470733a2f2f773369642e6f72672f6473706163652f323032352f312f636f6e746578742e6a736f6e6c64225d2c226964223a226469643a7765623a6c6f63616c686f737425334132383434333a76696c6c65222c22766572696669636174696f6e4d6574686f64223a5b7b226964223a226469643a7765623a6c6f63616c686f737425334132383434333a76696c6c65233041665775677a687833645077714846396a5f4e4148362d706931653654334d474a57696d4579794b4167222c2274797065223a224a736f6e5765624b657932303230222c22636f6e74726f6c6c6572223a226469643a7765623a6c6f63616c686f737425334132383434333a76696c6c65222c227075626c69634b65794a776b223a7b226b7479223a224f4b50222c22637276223a2245643235353139222c2278223a223331396533354a5378474b7a506d4b564565376e72325f43317341646865704f5f6257486a355776656873222c22616c67223a224564445341227d2c22666964756369653a76616c6964697479223a7b2266726f6d223a22323032362d31312d32325430343a33343a32335a222c22756e74696c223a6e756c6c7d7d2c7b226964223a226469643a7765623a6c6f63616c686f737425334132383434333a76696c6c6523336b74316977452d763179757179334742594155374a5a376f717459517662577248327166473070506377222c2274797065223a224a736f6e5765624b657932303230222c22636f6e74726f6c6c6572223a226469643a7765623a6c6f63616c686f737425334132383434333a76696c6c65222c227075626c69634b65794a776b223a7b226b7479223a224543222c22637276223a22502d323536222c2278223a224b756b6b727a373850676634736b6f564a457374336879784b536e33547a7543304161314d693750454f59222c2279223a22424d636f4c326361414d5a5674586e4c7577434c39345758385869783739394f5364335a67474b2d683373222c22616c67223a224553323536227d2c22666964756369653a76616c6964697479223a7b2266726f6d223a22323032362d31312d32325430343a33343a32335a222c22756e74696c223a6e756c6c7d7d5d2c2261757468656e7469636174696f6e223a5b226469643a7765623a6c6f63616c686f737425334132383434333a76696c6c6523336b74316977452d763179757179334742594155374a5a376f717459517662577248327166473070506377225d2c22617373657274696f6e4d6574686f64223a5b226469643a7765623a6c6f63616c686f737425334132383434333a76696c6c6523336b74316977452d763179757179334742594155374a5a376f717459517662577248327166473070506377225d2c226361706162696c697479496e766f636174696f6e223a5b226469643a7765623a6c6f63616c686f737425334132383434333a76696c6c6523336b74316977452d763179757179334742594155374a5a376f717459517662577248327166473070506377225d2c2273657276696365223a5b7b226964223a226469643a7765623a6c6f63616c686f737425334132383434333a76696c6c6523636174616c6f677565222c2274797065223a22436174616c6f6753657276696365222c2273657276696365456e64706f696e74223a2268747470733a2f2f6c6f63616c686f73743a32383434332f76696c6c652f6473702f323032352d312f636174616c6f67227d2c7b226964223a226469643a7765623a6c6f63616c686f737425334132383434333a76696c6c6523636f6e6e6563746f72222c2274797065223a224461746153657276696365222c2273657276696365456e64706f696e74223a2268747470733a2f2f6c6f63616c686f73743a32383434332f76696c6c652f2e77656c6c2d6b6e6f776e2f6473706163652d76657273696f6e227d5d7d', 1795322065378);


--
-- Data for Name: pull; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: question; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: receipt; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.receipt VALUES ('a314b8c9b157982b84a9ff5dfc74794a', 'urn:uuid:01a20188-ac3d-703b-808f-82bbf8eeabf8', 'consumer', 'did:web:localhost%3A28443', 'signed', 1795322066281, '{"type":"fiducie-receipt-file","v":1,"receipt":{"type":"fiducie-receipt","v":1,"alg":"sha-256","reference":"a314b8c9b157982b84a9ff5dfc74794a","agreement":"urn:uuid:01a20188-b205-7f7a-88a9-624a1a8762cc","transfer":"urn:uuid:01a20188-b340-76fd-bbdd-017663759b0f","provider":"did:web:localhost%3A28443","consumer":"did:web:localhost%3A28443:ville","range":null,"bytes":8,"sha256":"QDvqUVLCUcW8fvQg2CTRkWBXI_mTkug6BUmtWMbUYpE","at":"2026-11-22T04:34:26Z"},"index":0,"proof":[],"batch":"eyJhbGciOiJFUzI1NiIsImtpZCI6ImRpZDp3ZWI6bG9jYWxob3N0JTNBMjg0NDM6dmlsbGUjM2t0MWl3RS12MXl1cXkzR0JZQVU3Slo3b3F0WVF2YldySDJxZkcwcFBjdyIsInR5cCI6ImZpZHVjaWUtcmVjZWlwdC1iYXRjaCtqd3MifQ.eyJhbGciOiJzaGEtMjU2IiwiYXQiOiIyMDI2LTExLTIyVDA0OjM0OjI2WiIsInJvb3QiOiJYMzRYT2FqTUVfb09qSFY2emZMUVYwX2tLVEVzWm9wNXJPTWFPczg1WlJrIiwic2l6ZSI6MSwidHlwZSI6ImZpZHVjaWUtcmVjZWlwdC1iYXRjaCIsInYiOjF9.u4U7OWXZFhZL9I7w2WMYgFQeFhnqmu5JkEXzcGwviSDef070hOz-MT0rg7Mz1t2qqIDcLqomdK0JDU7BhNZy6g","key":{"kty":"EC","crv":"P-256","x":"Kukkrz78Pgf4skoVJEst3hyxKSn3TzuC0Aa1Mi7PEOY","y":"BMcoL2caAMZVtXnLuwCL94WX8Xix799OSd3ZgGK-h3s","alg":"ES256"}}');
INSERT INTO public.receipt VALUES ('a314b8c9b157982b84a9ff5dfc74794a', 'urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 'provider', 'did:web:localhost%3A28443:ville', 'verified', 1795322066317, '{"type":"fiducie-receipt-file","v":1,"receipt":{"type":"fiducie-receipt","v":1,"alg":"sha-256","reference":"a314b8c9b157982b84a9ff5dfc74794a","agreement":"urn:uuid:01a20188-b205-7f7a-88a9-624a1a8762cc","transfer":"urn:uuid:01a20188-b340-76fd-bbdd-017663759b0f","provider":"did:web:localhost%3A28443","consumer":"did:web:localhost%3A28443:ville","range":null,"bytes":8,"sha256":"QDvqUVLCUcW8fvQg2CTRkWBXI_mTkug6BUmtWMbUYpE","at":"2026-11-22T04:34:26Z"},"index":0,"proof":[],"batch":"eyJhbGciOiJFUzI1NiIsImtpZCI6ImRpZDp3ZWI6bG9jYWxob3N0JTNBMjg0NDM6dmlsbGUjM2t0MWl3RS12MXl1cXkzR0JZQVU3Slo3b3F0WVF2YldySDJxZkcwcFBjdyIsInR5cCI6ImZpZHVjaWUtcmVjZWlwdC1iYXRjaCtqd3MifQ.eyJhbGciOiJzaGEtMjU2IiwiYXQiOiIyMDI2LTExLTIyVDA0OjM0OjI2WiIsInJvb3QiOiJYMzRYT2FqTUVfb09qSFY2emZMUVYwX2tLVEVzWm9wNXJPTWFPczg1WlJrIiwic2l6ZSI6MSwidHlwZSI6ImZpZHVjaWUtcmVjZWlwdC1iYXRjaCIsInYiOjF9.u4U7OWXZFhZL9I7w2WMYgFQeFhnqmu5JkEXzcGwviSDef070hOz-MT0rg7Mz1t2qqIDcLqomdK0JDU7BhNZy6g","key":{"kty":"EC","crv":"P-256","x":"Kukkrz78Pgf4skoVJEst3hyxKSn3TzuC0Aa1Mi7PEOY","y":"BMcoL2caAMZVtXnLuwCL94WX8Xix799OSd3ZgGK-h3s","alg":"ES256"}}');


--
-- Data for Name: replay; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: revocation; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.revocation VALUES ('urn:uuid:01a20188-b205-7f7a-88a9-624a1a8762cc', 'urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 'did:web:localhost%3A28443', 'fin du besoin', 1795322067474, 'eyJhbGciOiJFUzI1NiIsImtpZCI6ImRpZDp3ZWI6bG9jYWxob3N0JTNBMjg0NDMjV3FfQlE1OGJGSVNEMWRGTGlFX0sxQUVSb3U3RDc4VWN3VHBMMGF5ME9wNCIsInR5cCI6ImZpZHVjaWUtcmV2b2NhdGlvbitqd3MifQ.eyJhZ3JlZW1lbnQiOiJ1cm46dXVpZDowMWEyMDE4OC1iMjA1LTdmN2EtODhhOS02MjRhMWE4NzYyY2MiLCJhdCI6IjIwMjYtMTEtMjJUMDQ6MzQ6MjdaIiwiYnkiOiJkaWQ6d2ViOmxvY2FsaG9zdCUzQTI4NDQzIiwiZ3JvdW5kIjoiZmluIGR1IGJlc29pbiIsInR5cGUiOiJmaWR1Y2llLXJldm9jYXRpb24iLCJ2IjoxfQ.HQ5qnJovGoPizl0xVFDoPg_JEP8-15eBRxFTkOc8ag5dnkpV2HCQq-yuaeMCWQbfHIMoxfV_fxboBl5rReKpvw');
INSERT INTO public.revocation VALUES ('urn:uuid:01a20188-b205-7f7a-88a9-624a1a8762cc', 'urn:uuid:01a20188-ac3d-703b-808f-82bbf8eeabf8', 'did:web:localhost%3A28443', 'fin du besoin', 1795322067000, 'eyJhbGciOiJFUzI1NiIsImtpZCI6ImRpZDp3ZWI6bG9jYWxob3N0JTNBMjg0NDMjV3FfQlE1OGJGSVNEMWRGTGlFX0sxQUVSb3U3RDc4VWN3VHBMMGF5ME9wNCIsInR5cCI6ImZpZHVjaWUtcmV2b2NhdGlvbitqd3MifQ.eyJhZ3JlZW1lbnQiOiJ1cm46dXVpZDowMWEyMDE4OC1iMjA1LTdmN2EtODhhOS02MjRhMWE4NzYyY2MiLCJhdCI6IjIwMjYtMTEtMjJUMDQ6MzQ6MjdaIiwiYnkiOiJkaWQ6d2ViOmxvY2FsaG9zdCUzQTI4NDQzIiwiZ3JvdW5kIjoiZmluIGR1IGJlc29pbiIsInR5cGUiOiJmaWR1Y2llLXJldm9jYXRpb24iLCJ2IjoxfQ.HQ5qnJovGoPizl0xVFDoPg_JEP8-15eBRxFTkOc8ag5dnkpV2HCQq-yuaeMCWQbfHIMoxfV_fxboBl5rReKpvw');


--
-- Data for Name: seat; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: stamp; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: statement; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.statement VALUES ('jkxpOBFpqvjEY0h4xUycI130QjyxoJASaAlHeDR2bGA', 'urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', '', 'own', 'eyJhbGciOiJFUzI1NiIsImtpZCI6ImRpZDp3ZWI6bG9jYWxob3N0JTNBMjg0NDMjV3FfQlE1OGJGSVNEMWRGTGlFX0sxQUVSb3U3RDc4VWN3VHBMMGF5ME9wNCIsInR5cCI6ImZpZHVjaWUtc3RhdGVtZW50K2p3cyJ9.eyJleHAiOjE4MjY4NTgwNjMsImlhdCI6MTc5NTMyMjA2MywiaXNzIjoiZGlkOndlYjpsb2NhbGhvc3QlM0EyODQ0MyIsImxhdyI6IkZSIiwicGxhY2UiOnsicHJvY2Vzc2luZyI6IkZSIn0sInR5cGUiOiJmaWR1Y2llLXN0YXRlbWVudCIsInYiOjF9.p7IWM37PQOYUt3yJOn3NfGDPzIng1-xHqYeqBhsxXsDg9F4h2SWb4Pe52HmT1mIdGv7LB1PauWUJQowFi4TV5Q', 1795322063785, 1826858063785);
INSERT INTO public.statement VALUES ('zDFUhNYZld21W3fVUHEHiGjN940rYZR_G4CLAB-0U4Q', 'urn:uuid:01a20188-ac3d-703b-808f-82bbf8eeabf8', '', 'own', 'eyJhbGciOiJFUzI1NiIsImtpZCI6ImRpZDp3ZWI6bG9jYWxob3N0JTNBMjg0NDM6dmlsbGUjM2t0MWl3RS12MXl1cXkzR0JZQVU3Slo3b3F0WVF2YldySDJxZkcwcFBjdyIsInR5cCI6ImZpZHVjaWUtc3RhdGVtZW50K2p3cyJ9.eyJleHAiOjE4MjY4NTgwNjMsImlhdCI6MTc5NTMyMjA2MywiaXNzIjoiZGlkOndlYjpsb2NhbGhvc3QlM0EyODQ0Mzp2aWxsZSIsImxhdyI6IkZSIiwicGxhY2UiOnsicHJvY2Vzc2luZyI6IkZSIn0sInR5cGUiOiJmaWR1Y2llLXN0YXRlbWVudCIsInYiOjF9.mxj_L4bO4OT4d37oXIpWiO4BmjfTb8V3Xtc_k6CJURaq2ITayVZ3Ri6uclNp_BLQ3lRK0Yz_yzuP4W60RgcMdg', 1795322063933, 1826858063933);


--
-- Data for Name: status_list; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: status_seen; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: transfer; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.transfer VALUES ('urn:uuid:01a20188-b32c-74cc-bfe4-52d9f1bb4b40', 'urn:uuid:01a20188-ac3d-703b-808f-82bbf8eeabf8', 'consumer', 'did:web:localhost%3A28443', 'urn:uuid:01a20188-b340-76fd-bbdd-017663759b0f', 'urn:uuid:01a20188-b205-7f7a-88a9-624a1a8762cc', 'urn:uuid:01a20188-b0bd-7415-9824-ed78e684171f', 'TERMINATED', 0, 4, 1795322065708, 1795322067487, '{"callback":"https://localhost:28443/dsp/2025-1","format":"HttpData-PULL","purpose":null,"statements":["eyJhbGciOiJFUzI1NiIsImtpZCI6ImRpZDp3ZWI6bG9jYWxob3N0JTNBMjg0NDM6dmlsbGUjM2t0MWl3RS12MXl1cXkzR0JZQVU3Slo3b3F0WVF2YldySDJxZkcwcFBjdyIsInR5cCI6ImZpZHVjaWUtc3RhdGVtZW50K2p3cyJ9.eyJleHAiOjE4MjY4NTgwNjMsImlhdCI6MTc5NTMyMjA2MywiaXNzIjoiZGlkOndlYjpsb2NhbGhvc3QlM0EyODQ0Mzp2aWxsZSIsImxhdyI6IkZSIiwicGxhY2UiOnsicHJvY2Vzc2luZyI6IkZSIn0sInR5cGUiOiJmaWR1Y2llLXN0YXRlbWVudCIsInYiOjF9.mxj_L4bO4OT4d37oXIpWiO4BmjfTb8V3Xtc_k6CJURaq2ITayVZ3Ri6uclNp_BLQ3lRK0Yz_yzuP4W60RgcMdg"],"binding":null,"address":{"endpoint":"https://localhost:28443/data/01a20188-b340-76fd-bbdd-017663759b0f","token":"eyJhbGciOiJFUzI1NiIsImtpZCI6ImRpZDp3ZWI6bG9jYWxob3N0JTNBMjg0NDMjeDAxMmJuQUdPa2RlNnNjUzd5WXZEaVlVWGtLaHZTSjh4cVJsOGI0TktIdyIsInR5cCI6ImF0K2p3dCJ9.eyJpc3MiOiJkaWQ6d2ViOmxvY2FsaG9zdCUzQTI4NDQzIiwiYXVkIjoiaHR0cHM6Ly9sb2NhbGhvc3Q6Mjg0NDMvZGF0YSIsInN1YiI6ImRpZDp3ZWI6bG9jYWxob3N0JTNBMjg0NDM6dmlsbGUiLCJqdGkiOiJaaW53NVJ4SFdWOUU4WEozQ09oWHhRIiwiaWF0IjoxNzk1MzIyMDY1LCJleHAiOjE3OTU0MDg0NjUsImFnciI6InVybjp1dWlkOjAxYTIwMTg4LWIyMDUtN2Y3YS04OGE5LTYyNGExYTg3NjJjYyIsInRwIjoidXJuOnV1aWQ6MDFhMjAxODgtYjM0MC03NmZkLWJiZGQtMDE3NjYzNzU5YjBmIiwiY25mIjp7ImprdCI6IjNrdDFpd0UtdjF5dXF5M0dCWUFVN0paN29xdFlRdmJXckgycWZHMHBQY3cifX0.yxQHr85aoml-FupVevA7qoV89fe7EePzO2X-u1JWoi8nQs1bSTcocXW2DoENPKOhJE5QofPJVNnhedtnECNUZA","scheme":"dpop"},"unacknowledged":null,"suspended":null,"terminated":{"by_us":false,"code":"revoked","reason":"the contract was revoked"}}');
INSERT INTO public.transfer VALUES ('urn:uuid:01a20188-b340-76fd-bbdd-017663759b0f', 'urn:uuid:01a20188-aba9-7f23-8b2d-0436bc5f2e07', 'provider', 'did:web:localhost%3A28443:ville', 'urn:uuid:01a20188-b32c-74cc-bfe4-52d9f1bb4b40', 'urn:uuid:01a20188-b205-7f7a-88a9-624a1a8762cc', 'urn:uuid:01a20188-b0bd-7415-9824-ed78e684171f', 'TERMINATED', 0, 5, 1795322065728, 1795322067474, '{"callback":"https://localhost:28443/ville/dsp/2025-1","format":"HttpData-PULL","purpose":null,"statements":["eyJhbGciOiJFUzI1NiIsImtpZCI6ImRpZDp3ZWI6bG9jYWxob3N0JTNBMjg0NDM6dmlsbGUjM2t0MWl3RS12MXl1cXkzR0JZQVU3Slo3b3F0WVF2YldySDJxZkcwcFBjdyIsInR5cCI6ImZpZHVjaWUtc3RhdGVtZW50K2p3cyJ9.eyJleHAiOjE4MjY4NTgwNjMsImlhdCI6MTc5NTMyMjA2MywiaXNzIjoiZGlkOndlYjpsb2NhbGhvc3QlM0EyODQ0Mzp2aWxsZSIsImxhdyI6IkZSIiwicGxhY2UiOnsicHJvY2Vzc2luZyI6IkZSIn0sInR5cGUiOiJmaWR1Y2llLXN0YXRlbWVudCIsInYiOjF9.mxj_L4bO4OT4d37oXIpWiO4BmjfTb8V3Xtc_k6CJURaq2ITayVZ3Ri6uclNp_BLQ3lRK0Yz_yzuP4W60RgcMdg"],"binding":{"key":"3kt1iwE-v1yuqy3GBYAU7JZ7oqtYQvbWrH2qfG0pPcw"},"address":null,"unacknowledged":null,"suspended":null,"terminated":{"by_us":true,"code":"revoked","reason":"the contract was revoked"}}');


--
-- Data for Name: twin_check; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: witnessed; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Name: outbox_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.outbox_id_seq', 9, true);


--
-- Name: _sqlx_migrations _sqlx_migrations_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public._sqlx_migrations
    ADD CONSTRAINT _sqlx_migrations_pkey PRIMARY KEY (version);


--
-- Name: agreement agreement_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.agreement
    ADD CONSTRAINT agreement_pkey PRIMARY KEY (member, id);


--
-- Name: api_token api_token_hash_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.api_token
    ADD CONSTRAINT api_token_hash_key UNIQUE (hash);


--
-- Name: api_token api_token_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.api_token
    ADD CONSTRAINT api_token_pkey PRIMARY KEY (id);


--
-- Name: attested attested_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.attested
    ADD CONSTRAINT attested_pkey PRIMARY KEY (member, peer, issuer, credential);


--
-- Name: ballot ballot_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.ballot
    ADD CONSTRAINT ballot_pkey PRIMARY KEY (member, question, seat);


--
-- Name: convention convention_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.convention
    ADD CONSTRAINT convention_pkey PRIMARY KEY (member, id);


--
-- Name: cosigned cosigned_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.cosigned
    ADD CONSTRAINT cosigned_pkey PRIMARY KEY (member);


--
-- Name: counter counter_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.counter
    ADD CONSTRAINT counter_pkey PRIMARY KEY (member, agreement, counter);


--
-- Name: counter_use counter_use_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.counter_use
    ADD CONSTRAINT counter_use_pkey PRIMARY KEY (member, agreement, counter, request);


--
-- Name: credential_held credential_held_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.credential_held
    ADD CONSTRAINT credential_held_pkey PRIMARY KEY (member, issuer, kind, profile);


--
-- Name: credential_issued credential_issued_member_list_idx_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.credential_issued
    ADD CONSTRAINT credential_issued_member_list_idx_key UNIQUE (member, list, idx);


--
-- Name: credential_issued credential_issued_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.credential_issued
    ADD CONSTRAINT credential_issued_pkey PRIMARY KEY (member, id);


--
-- Name: credential_request credential_request_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.credential_request
    ADD CONSTRAINT credential_request_pkey PRIMARY KEY (member, side, id);


--
-- Name: dataset dataset_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.dataset
    ADD CONSTRAINT dataset_pkey PRIMARY KEY (member, id);


--
-- Name: dataset_revision dataset_revision_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.dataset_revision
    ADD CONSTRAINT dataset_revision_pkey PRIMARY KEY (member, dataset, revision);


--
-- Name: decision_facts decision_facts_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.decision_facts
    ADD CONSTRAINT decision_facts_pkey PRIMARY KEY (member, idx);


--
-- Name: delivery delivery_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.delivery
    ADD CONSTRAINT delivery_pkey PRIMARY KEY (member, role, reference);


--
-- Name: directory_entry directory_entry_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.directory_entry
    ADD CONSTRAINT directory_entry_pkey PRIMARY KEY (member, framework, did);


--
-- Name: duty duty_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.duty
    ADD CONSTRAINT duty_pkey PRIMARY KEY (member, agreement, pointer, occurrence);


--
-- Name: entitlement entitlement_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.entitlement
    ADD CONSTRAINT entitlement_pkey PRIMARY KEY (member, holder, kind);


--
-- Name: entry_body entry_body_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.entry_body
    ADD CONSTRAINT entry_body_pkey PRIMARY KEY (member, idx);


--
-- Name: event_cursor event_cursor_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.event_cursor
    ADD CONSTRAINT event_cursor_pkey PRIMARY KEY (member, consumer);


--
-- Name: framework framework_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.framework
    ADD CONSTRAINT framework_pkey PRIMARY KEY (member, id, version);


--
-- Name: harvest_record harvest_record_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.harvest_record
    ADD CONSTRAINT harvest_record_pkey PRIMARY KEY (member, origin);


--
-- Name: harvest_source harvest_source_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.harvest_source
    ADD CONSTRAINT harvest_source_pkey PRIMARY KEY (member, name);


--
-- Name: inbox inbox_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.inbox
    ADD CONSTRAINT inbox_pkey PRIMARY KEY (member, sender, process, message);


--
-- Name: lease lease_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.lease
    ADD CONSTRAINT lease_pkey PRIMARY KEY (id);


--
-- Name: log_entry log_entry_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.log_entry
    ADD CONSTRAINT log_entry_pkey PRIMARY KEY (member, idx);


--
-- Name: log_epoch log_epoch_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.log_epoch
    ADD CONSTRAINT log_epoch_pkey PRIMARY KEY (member, epoch);


--
-- Name: log_head log_head_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.log_head
    ADD CONSTRAINT log_head_pkey PRIMARY KEY (member);


--
-- Name: log_tile log_tile_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.log_tile
    ADD CONSTRAINT log_tile_pkey PRIMARY KEY (member, level, idx);


--
-- Name: member member_base_url_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.member
    ADD CONSTRAINT member_base_url_key UNIQUE (base_url);


--
-- Name: member member_did_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.member
    ADD CONSTRAINT member_did_key UNIQUE (did);


--
-- Name: member_key member_key_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.member_key
    ADD CONSTRAINT member_key_pkey PRIMARY KEY (kid);


--
-- Name: member member_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.member
    ADD CONSTRAINT member_pkey PRIMARY KEY (member);


--
-- Name: membership membership_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.membership
    ADD CONSTRAINT membership_pkey PRIMARY KEY (member, framework, side, applicant);


--
-- Name: negotiation negotiation_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.negotiation
    ADD CONSTRAINT negotiation_pkey PRIMARY KEY (member, pid);


--
-- Name: offer offer_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.offer
    ADD CONSTRAINT offer_pkey PRIMARY KEY (member, id, revision);


--
-- Name: opening_key opening_key_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.opening_key
    ADD CONSTRAINT opening_key_pkey PRIMARY KEY (member, kid);


--
-- Name: outbox outbox_member_process_kind_process_seq_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_member_process_kind_process_seq_key UNIQUE (member, process_kind, process, seq);


--
-- Name: outbox outbox_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);


--
-- Name: peer_identity peer_identity_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.peer_identity
    ADD CONSTRAINT peer_identity_pkey PRIMARY KEY (member, did);


--
-- Name: pull pull_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.pull
    ADD CONSTRAINT pull_pkey PRIMARY KEY (member, id);


--
-- Name: question question_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.question
    ADD CONSTRAINT question_pkey PRIMARY KEY (member, id);


--
-- Name: receipt receipt_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.receipt
    ADD CONSTRAINT receipt_pkey PRIMARY KEY (member, role, reference);


--
-- Name: replay replay_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.replay
    ADD CONSTRAINT replay_pkey PRIMARY KEY (member, used);


--
-- Name: revocation revocation_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.revocation
    ADD CONSTRAINT revocation_pkey PRIMARY KEY (member, agreement);


--
-- Name: seat seat_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.seat
    ADD CONSTRAINT seat_pkey PRIMARY KEY (member, framework, body, seat);


--
-- Name: stamp stamp_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stamp
    ADD CONSTRAINT stamp_pkey PRIMARY KEY (member, size, authority);


--
-- Name: statement statement_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.statement
    ADD CONSTRAINT statement_pkey PRIMARY KEY (member, issuer, digest);


--
-- Name: status_list status_list_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.status_list
    ADD CONSTRAINT status_list_pkey PRIMARY KEY (member, id);


--
-- Name: status_seen status_seen_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.status_seen
    ADD CONSTRAINT status_seen_pkey PRIMARY KEY (member, list);


--
-- Name: transfer transfer_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.transfer
    ADD CONSTRAINT transfer_pkey PRIMARY KEY (member, pid);


--
-- Name: twin_check twin_check_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.twin_check
    ADD CONSTRAINT twin_check_pkey PRIMARY KEY (member, agreement);


--
-- Name: witnessed witnessed_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.witnessed
    ADD CONSTRAINT witnessed_pkey PRIMARY KEY (member, hash);


--
-- Name: agreement_dataset; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX agreement_dataset ON public.agreement USING btree (member, dataset, id);


--
-- Name: api_token_member; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX api_token_member ON public.api_token USING btree (member, id);


--
-- Name: credential_request_theirs; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX credential_request_theirs ON public.credential_request USING btree (member, side, peer, theirs);


--
-- Name: dataset_shown; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX dataset_shown ON public.dataset USING btree (member, withdrawn, rung, id);


--
-- Name: delivery_agreement; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX delivery_agreement ON public.delivery USING btree (member, agreement);


--
-- Name: delivery_dataset; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX delivery_dataset ON public.delivery USING btree (member, dataset);


--
-- Name: delivery_open; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX delivery_open ON public.delivery USING btree (member) WHERE (closed IS NULL);


--
-- Name: delivery_transfer; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX delivery_transfer ON public.delivery USING btree (member, transfer);


--
-- Name: duty_open; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX duty_open ON public.duty USING btree (member) WHERE (state = ANY (ARRAY['pending'::text, 'due'::text, 'overdue'::text]));


--
-- Name: entry_body_agreement; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX entry_body_agreement ON public.entry_body USING btree (member, agreement) WHERE (agreement IS NOT NULL);


--
-- Name: harvest_record_source; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX harvest_record_source ON public.harvest_record USING btree (member, source, origin);


--
-- Name: inbox_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX inbox_at ON public.inbox USING btree (at);


--
-- Name: log_entry_reference; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX log_entry_reference ON public.log_entry USING btree (member, reference) WHERE (reference IS NOT NULL);


--
-- Name: member_key_member; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX member_key_member ON public.member_key USING btree (member);


--
-- Name: negotiation_peer; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX negotiation_peer ON public.negotiation USING btree (member, role, peer, peer_pid);


--
-- Name: negotiation_state; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX negotiation_state ON public.negotiation USING btree (member, state, pid);


--
-- Name: offer_dataset; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX offer_dataset ON public.offer USING btree (member, dataset, revision, "position");


--
-- Name: opening_key_subject; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX opening_key_subject ON public.opening_key USING btree (member, subject, year);


--
-- Name: outbox_due; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX outbox_due ON public.outbox USING btree (next_at) WHERE (state = 'waiting'::text);


--
-- Name: pull_ended; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX pull_ended ON public.pull USING btree (member, ended) WHERE (ended IS NOT NULL);


--
-- Name: pull_running; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX pull_running ON public.pull USING btree (member) WHERE (state = 'running'::text);


--
-- Name: receipt_waiting; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX receipt_waiting ON public.receipt USING btree (member, peer) WHERE (state = 'waiting'::text);


--
-- Name: replay_expires; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX replay_expires ON public.replay USING btree (expires);


--
-- Name: transfer_agreement; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX transfer_agreement ON public.transfer USING btree (member, agreement, state);


--
-- Name: transfer_peer; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX transfer_peer ON public.transfer USING btree (member, role, peer, peer_pid);


--
-- Name: transfer_state; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX transfer_state ON public.transfer USING btree (member, state, pid);


--
-- PostgreSQL database dump complete
--
-- Several credentials of one type for one holder, told apart by what they are about: the framework of a membership, a use case.
CREATE TABLE public.entitlement_about (
    holder TEXT NOT NULL,
    member TEXT NOT NULL,
    kind TEXT NOT NULL,
    about TEXT NOT NULL,
    claims TEXT NOT NULL,
    seconds BIGINT NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (member, holder, kind, about)
);
INSERT INTO public.entitlement_about (holder, member, kind, about, claims, seconds, created)
    SELECT holder, member, kind, COALESCE(claims::json ->> 'framework', ''), claims, seconds, created FROM public.entitlement;
DROP TABLE public.entitlement;
ALTER TABLE public.entitlement_about RENAME TO entitlement;
ALTER TABLE public.credential_issued ADD COLUMN about TEXT NOT NULL DEFAULT '';
-- Until now a holder had one membership credential of an operator, of whichever framework came last.
UPDATE public.credential_issued SET about = COALESCE((
    SELECT MAX(membership.framework) FROM public.membership
    WHERE membership.member = credential_issued.member AND membership.side = 'operator'
        AND membership.applicant = credential_issued.holder), '')
    WHERE kind = 'MembershipCredential';
CREATE TABLE public.credential_held_about (
    id TEXT NOT NULL,
    member TEXT NOT NULL,
    issuer TEXT NOT NULL,
    kind TEXT NOT NULL,
    about TEXT NOT NULL,
    profile TEXT NOT NULL,
    until BIGINT,
    created BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (member, issuer, kind, about, profile)
);
INSERT INTO public.credential_held_about (id, member, issuer, kind, about, profile, until, created, body)
    SELECT id, member, issuer, kind, CASE WHEN kind = 'MembershipCredential' THEN COALESCE((
        SELECT MAX(membership.framework) FROM public.membership
        WHERE membership.member = credential_held.member AND membership.side = 'applicant'
            AND membership.operator = credential_held.issuer), '') ELSE '' END,
        profile, until, created, body FROM public.credential_held;
DROP TABLE public.credential_held;
ALTER TABLE public.credential_held_about RENAME TO credential_held;
UPDATE public.membership SET body = CAST(CAST(body AS JSONB) - 'credential' AS TEXT);
INSERT INTO public._sqlx_migrations VALUES (15, 'matters', '2026-11-30 06:13:00+00', true, '\x9962938df45f659defded5b5694c8911b7cd6ba1a16884d2a5e08324100f901256734a9ff7eb65b79156068de465a3c0', 1000000);
