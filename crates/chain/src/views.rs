//! Reads of contract state. `at` names a block; `None` is the newest, and for
//! [`Chain::amounts`], which depends on the time, the pending one.

use alloy::eips::BlockId;
use alloy::network::TransactionBuilder;
use alloy::primitives::{Address, B256, Bytes, U256};
use alloy::providers::Provider;
use alloy::rpc::types::TransactionRequest;
use alloy::sol_types::SolCall;
use guerdon_core::goal::{Attempt, GoalFlags, GoalState};
use guerdon_core::grant::Amounts;
use guerdon_core::state::State;
use guerdon_core::succession::Recovery;

use crate::bindings::{IAccessManager, IAccessToken, IGoals, IGrants, ISuccession};
use crate::blocks::block_id;
use crate::connect::Chain;
use crate::error::ChainError;
use crate::goal_abi::u40;
use crate::plan::Unit;

/// A round as Grants keeps it; `committed_at` 0: there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// Base units; 0 once rescinded.
    pub total: u128,
    /// Unix seconds.
    pub committed_at: u64,
    /// Unix seconds.
    pub binding_at: u64,
    /// Revenue epoch at commit.
    pub since: u16,
}

/// An attempt as Goals keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttemptView {
    /// Its word.
    pub attempt: Attempt,
    /// Hash of the model's manifest.
    pub model: B256,
    /// Who challenged it; zero if nobody.
    pub challenger: Address,
}

/// Views of Grants. All amounts in base units.
impl Chain {
    /// The pool's deposits, less withdrawals, plus what was withheld.
    ///
    /// # Errors
    /// When the node does not answer or no such contract is there; so for all views.
    pub async fn funded(&self, grants: Address, at: Option<u64>) -> Result<u128, ChainError> {
        self.view("funded", grants, &IGrants::fundedCall {}, at)
            .await
    }

    /// What is promised out of the pool.
    ///
    /// # Errors
    /// See [`Chain::funded`].
    pub async fn promised(&self, grants: Address, at: Option<u64>) -> Result<u128, ChainError> {
        self.view("promised", grants, &IGrants::promisedCall {}, at)
            .await
    }

    /// A round by its root.
    ///
    /// # Errors
    /// See [`Chain::funded`].
    pub async fn round(
        &self,
        grants: Address,
        root: B256,
        at: Option<u64>,
    ) -> Result<Round, ChainError> {
        let round = self
            .view("rounds", grants, &IGrants::roundsCall { root }, at)
            .await?;
        Ok(Round {
            total: round.total,
            committed_at: round.committedAt.to(),
            binding_at: round.bindingAt.to(),
            since: round.since,
        })
    }

    /// The state word of a grant, decoded.
    ///
    /// # Errors
    /// See [`Chain::funded`].
    pub async fn words(
        &self,
        grants: Address,
        id: B256,
        at: Option<u64>,
    ) -> Result<State, ChainError> {
        let word = self
            .view("words", grants, &IGrants::wordsCall { id }, at)
            .await?;
        Ok(State::from_word(word))
    }

    /// Who is paid instead of the recipient; zero unless the grant was moved.
    ///
    /// # Errors
    /// See [`Chain::funded`].
    pub async fn holders(
        &self,
        grants: Address,
        id: B256,
        at: Option<u64>,
    ) -> Result<Address, ChainError> {
        self.view("holders", grants, &IGrants::holdersCall { id }, at)
            .await
    }

    /// What an opened grant amounts to in that block; `None`: now, by the chain's clock.
    ///
    /// # Errors
    /// [`ChainError::Reverted`] `NotOpened`; else see [`Chain::funded`].
    pub async fn amounts(
        &self,
        grants: Address,
        terms: &[u8],
        at: Option<u64>,
    ) -> Result<Amounts, ChainError> {
        let block = at.map_or_else(BlockId::pending, BlockId::number);
        let call = IGrants::amountsCall {
            terms: Bytes::copy_from_slice(terms),
        };
        let found = self.view_in("amounts", grants, &call, block).await?;
        let ppb = |share: U256| {
            u32::try_from(share).map_err(|_| ChainError::bad_answer("amounts", "a share above 1"))
        };
        let (vested, unlocked) = (
            amount("amounts", found.vested)?,
            amount("amounts", found.unlocked)?,
        );
        let released = amount("amounts", found.released)?;
        Ok(Amounts {
            time_ppb: ppb(found.timePpb)?,
            open_ppb: ppb(found.openPpb)?,
            vested,
            unlocked,
            released,
            held: amount("amounts", found.held)?,
            payable: vested.min(unlocked).saturating_sub(released),
        })
    }

    /// The token that a Grants contract pays.
    ///
    /// # Errors
    /// When the node does not answer, or there is no Grants contract.
    pub async fn token_of(&self, grants: Address) -> Result<Address, ChainError> {
        self.view("TOKEN", grants, &IGrants::TOKENCall {}, None)
            .await
    }

    /// The Goals contract that a Grants contract reads results from.
    ///
    /// # Errors
    /// When the node does not answer, or there is no Grants contract.
    pub async fn goals_of(&self, grants: Address) -> Result<Address, ChainError> {
        self.view("GOALS", grants, &IGrants::GOALSCall {}, None)
            .await
    }

    /// The contract that replaces, moves and recovers the grants of a Grants contract, if there is
    /// one.
    ///
    /// # Errors
    /// When the node does not answer, or there is no Grants contract.
    pub async fn succession_of(&self, grants: Address) -> Result<Option<Address>, ChainError> {
        let found = self
            .view("SUCCESSION", grants, &IGrants::SUCCESSIONCall {}, None)
            .await?;
        Ok((found != Address::ZERO).then_some(found))
    }

    /// The token, Goals and domain that Grants was deployed with.
    pub(crate) async fn bound_to(
        &self,
        grants: Address,
    ) -> Result<(Address, Address, B256), ChainError> {
        let token = self
            .view("TOKEN", grants, &IGrants::TOKENCall {}, None)
            .await?;
        let goals = self
            .view("GOALS", grants, &IGrants::GOALSCall {}, None)
            .await?;
        let domain = self
            .view("DOMAIN", grants, &IGrants::DOMAINCall {}, None)
            .await?;
        Ok((token, goals, domain))
    }
}

/// Views of Succession.
impl Chain {
    /// The recovery announced for a grant, or the last one cancelled.
    ///
    /// # Errors
    /// See [`Chain::funded`].
    pub async fn recovery(
        &self,
        succession: Address,
        id: B256,
        at: Option<u64>,
    ) -> Result<Recovery, ChainError> {
        let call = ISuccession::recoveriesCall { id };
        let found = self.view("recoveries", succession, &call, at).await?;
        Ok(Recovery {
            to: found.to,
            announced_at: found.announcedAt.to(),
            cancelled_at: found.cancelledAt.to(),
        })
    }

    /// The digest that the holder of a grant signs for its replacement, as the chain computes it.
    ///
    /// # Errors
    /// [`ChainError::Reverted`] when the grant or its successors are not what they must be; else
    /// see [`Chain::funded`].
    pub async fn replace_digest(
        &self,
        succession: Address,
        old: &[u8],
        (successors, deadline): (&[Vec<u8>], u64),
    ) -> Result<B256, ChainError> {
        let call = ISuccession::replaceDigestCall {
            old: Bytes::copy_from_slice(old),
            successors: successors
                .iter()
                .map(|terms| terms.clone().into())
                .collect(),
            deadline: U256::from(deadline),
        };
        self.view("replaceDigest", succession, &call, None).await
    }

    /// The Grants contract that Succession was deployed for.
    pub async fn grants_of(&self, succession: Address) -> Result<Address, ChainError> {
        self.view("GRANTS", succession, &ISuccession::GRANTSCall {}, None)
            .await
    }
}

/// Views of Goals.
impl Chain {
    /// A goal's word, decoded; `None` when it was never defined.
    ///
    /// # Errors
    /// See [`Chain::funded`].
    pub async fn goal_state(
        &self,
        goals: Address,
        id: B256,
        at: Option<u64>,
    ) -> Result<Option<GoalState>, ChainError> {
        let word = self
            .view("stateOf", goals, &IGoals::stateOfCall { id }, at)
            .await?;
        let state = GoalState::from_word(word);
        Ok(state.has(GoalFlags::DEFINED).then_some(state))
    }

    /// An attempt; `None` when it was never registered.
    ///
    /// # Errors
    /// See [`Chain::funded`].
    pub async fn attempt(
        &self,
        goals: Address,
        id: B256,
        attempt: u16,
        at: Option<u64>,
    ) -> Result<Option<AttemptView>, ChainError> {
        let call = IGoals::attemptOfCall { id, attempt };
        let found = self.view("attemptOf", goals, &call, at).await?;
        if found.word.is_zero() {
            return Ok(None);
        }
        let attempt = Attempt::from_word(found.word)
            .ok_or_else(|| ChainError::bad_answer("attemptOf", "a status unknown to us"))?;
        Ok(Some(AttemptView {
            attempt,
            model: found.model,
            challenger: found.challenger,
        }))
    }

    /// A goal's fraction (ppb), whether it is for ever, when the last attempt was registered.
    ///
    /// # Errors
    /// [`ChainError::Reverted`] `GoalNotDefined`; else see [`Chain::funded`].
    pub async fn fraction_of(
        &self,
        goals: Address,
        id: B256,
        at: Option<u64>,
    ) -> Result<(u32, bool, u64), ChainError> {
        let found = self
            .view("fractionOf", goals, &IGoals::fractionOfCall { id }, at)
            .await?;
        Ok((found.fraction, found.isFinal, found.lastRegisteredAt.to()))
    }

    /// A goal's fraction (ppb) of attempts registered up to `time`, and whether any is pending.
    ///
    /// # Errors
    /// [`ChainError::Reverted`] `GoalNotDefined`; else see [`Chain::funded`].
    pub async fn fraction_at(
        &self,
        goals: Address,
        id: B256,
        time: u64,
        at: Option<u64>,
    ) -> Result<(u32, bool), ChainError> {
        let call = IGoals::fractionAtCall {
            id,
            time: u40(time),
        };
        let found = self.view("fractionAt", goals, &call, at).await?;
        Ok((found.fraction, found.pending))
    }

    /// What the ledger of bonds owes an account, in base units of the token.
    ///
    /// # Errors
    /// See [`Chain::funded`].
    pub async fn bond_owed(
        &self,
        goals: Address,
        token: Address,
        to: Address,
        at: Option<u64>,
    ) -> Result<u128, ChainError> {
        let call = IGoals::bondOwedCall { token, to };
        amount("bondOwed", self.view("bondOwed", goals, &call, at).await?)
    }
}

/// Views of ERC-20 tokens and roles.
impl Chain {
    /// An account's tokens, in base units.
    ///
    /// # Errors
    /// See [`Chain::funded`].
    pub async fn balance_of(
        &self,
        token: Address,
        account: Address,
        at: Option<u64>,
    ) -> Result<u128, ChainError> {
        let call = IAccessToken::balanceOfCall { account };
        amount("balanceOf", self.view("balanceOf", token, &call, at).await?)
    }

    /// What `spender` may take of the owner's, in base units, at most `u128::MAX`.
    ///
    /// # Errors
    /// See [`Chain::funded`].
    pub async fn allowance(
        &self,
        token: Address,
        owner: Address,
        spender: Address,
        at: Option<u64>,
    ) -> Result<u128, ChainError> {
        let call = IAccessToken::allowanceCall { owner, spender };
        let found = self.view("allowance", token, &call, at).await?;
        Ok(u128::try_from(found).unwrap_or(u128::MAX))
    }

    /// All tokens that exist, in base units.
    ///
    /// # Errors
    /// See [`Chain::funded`].
    pub async fn total_supply(&self, token: Address, at: Option<u64>) -> Result<u128, ChainError> {
        let call = IAccessToken::totalSupplyCall {};
        amount(
            "totalSupply",
            self.view("totalSupply", token, &call, at).await?,
        )
    }

    /// All tokens of an access token that can ever exist, in base units.
    ///
    /// # Errors
    /// See [`Chain::funded`].
    pub async fn cap(&self, token: Address) -> Result<u128, ChainError> {
        amount(
            "cap",
            self.view("cap", token, &IAccessToken::capCall {}, None)
                .await?,
        )
    }

    /// Symbol and decimals of any ERC-20 token.
    ///
    /// # Errors
    /// See [`Chain::funded`].
    pub async fn unit_of(&self, token: Address) -> Result<Unit, ChainError> {
        let symbol = self
            .view("symbol", token, &IAccessToken::symbolCall {}, None)
            .await?;
        let decimals = self
            .view("decimals", token, &IAccessToken::decimalsCall {}, None)
            .await?;
        Ok(Unit { symbol, decimals })
    }

    /// Whether an account has a role of an AccessManager and may use it without delay.
    ///
    /// # Errors
    /// See [`Chain::funded`].
    pub async fn has_role(
        &self,
        manager: Address,
        role: u64,
        account: Address,
    ) -> Result<bool, ChainError> {
        let call = IAccessManager::hasRoleCall {
            roleId: role,
            account,
        };
        let found = self.view("hasRole", manager, &call, None).await?;
        Ok(found.isMember && found.executionDelay == 0)
    }
}

impl Chain {
    pub(crate) async fn view<C: SolCall>(
        &self,
        name: &'static str,
        to: Address,
        call: &C,
        at: Option<u64>,
    ) -> Result<C::Return, ChainError> {
        self.view_in(name, to, call, block_id(at)).await
    }

    async fn view_in<C: SolCall>(
        &self,
        name: &'static str,
        to: Address,
        call: &C,
        block: BlockId,
    ) -> Result<C::Return, ChainError> {
        let request = TransactionRequest::default()
            .with_to(to)
            .with_input(call.abi_encode());
        let output = self
            .read_or_revert(name, || async {
                self.provider().call(request.clone()).block(block).await
            })
            .await?;
        C::abi_decode_returns(&output).map_err(|error| ChainError::BadAnswer {
            call: name,
            reason: format!("{to} is not the contract it should be ({error})"),
        })
    }
}

fn amount(call: &'static str, found: U256) -> Result<u128, ChainError> {
    u128::try_from(found).map_err(|_| ChainError::bad_answer(call, "an amount of above 128 bits"))
}
