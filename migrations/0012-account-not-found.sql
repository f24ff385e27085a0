-- Up Migration

-- An account can also stop because Meta knows no such account, or no such address.
ALTER TABLE mayfly.paused_accounts DROP CONSTRAINT paused_accounts_problem_check;
ALTER TABLE mayfly.paused_accounts ADD CONSTRAINT paused_accounts_problem_check
  CHECK (problem IN ('token refused', 'account not found', 'account restricted', 'billing'));
