-- The owner migrates; the application owns nothing, and row level security holds it.
-- May be run again: it then sets the passwords anew.
SELECT 'CREATE ROLE lianxin_owner LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'lianxin_owner')
\gexec
SELECT 'CREATE ROLE lianxin LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'lianxin')
\gexec
ALTER ROLE lianxin_owner PASSWORD '@{owner}';
ALTER ROLE lianxin PASSWORD '@{application}';
ALTER ROLE lianxin SET lock_timeout = '8s';
ALTER ROLE lianxin SET statement_timeout = '60s';
ALTER ROLE lianxin SET idle_in_transaction_session_timeout = '60s';
SELECT 'CREATE DATABASE lianxin OWNER lianxin_owner' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'lianxin')
\gexec
\connect lianxin
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT ALL ON SCHEMA public TO lianxin_owner;
GRANT USAGE ON SCHEMA public TO lianxin;
ALTER DEFAULT PRIVILEGES FOR ROLE lianxin_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO lianxin;
ALTER DEFAULT PRIVILEGES FOR ROLE lianxin_owner IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO lianxin;
-- Full-text search may use its index under row level security only where its operator leaks nothing.
ALTER FUNCTION pg_catalog.ts_match_vq(tsvector, tsquery) LEAKPROOF;
