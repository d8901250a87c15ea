// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Grants} from "../../src/Grants.sol";
import {IGrants} from "../../src/interfaces/IGrants.sol";
import {Base} from "../Base.t.sol";
import {OddCoin} from "../mocks/OddCoin.sol";

/// @notice fund, withdrawFree, commit, rescind, and the deployment itself.
contract GrantsMoneyTest is Base {
    bytes32 private constant ROOT = keccak256("root");

    function odd() private returns (OddCoin coin) {
        coin = new OddCoin();
        grants = newGrants(address(coin));
        coin.mint(address(this), 1000);
        coin.approve(address(grants), 1000);
    }

    function test_Deployment_NamesItsParts() public view {
        vm.assertEq(grants.TOKEN(), address(token));
        vm.assertEq(grants.GOALS(), address(goals));
        vm.assertEq(grants.SUCCESSION(), address(succession));
        vm.assertFalse(grants.REVENUE());
        vm.assertEq(grants.PAYMENT_GAS(), PAYMENT_GAS);
        vm.assertEq(
            grants.DOMAIN(),
            keccak256(abi.encode(keccak256("guerdon.grant.v1"), block.chainid, address(grants)))
        );
        vm.assertEq(grants.idOf("terms"), keccak256(abi.encodePacked(grants.DOMAIN(), "terms")));
    }

    function test_Deployment_RefusesWhatIsNoContract() public {
        rejects(abi.encodeWithSelector(IGrants.BadDeployment.selector));
        create("Grants", abi.encode(address(manager), stranger, address(goals), address(0), 1));
        rejects(abi.encodeWithSelector(IGrants.BadDeployment.selector));
        create("Grants", abi.encode(stranger, address(token), address(goals), address(0), 1));
        rejects(abi.encodeWithSelector(IGrants.BadDeployment.selector));
        create("Grants", abi.encode(address(manager), address(token), stranger, address(0), 1));
        rejects(abi.encodeWithSelector(IGrants.BadDeployment.selector));
        create("Grants", abi.encode(address(manager), address(token), address(goals), address(0), 0));
    }

    function test_Fund_CreditsTheDeposit() public {
        vm.startPrank(company);
        token.approve(address(grants), 300);
        vm.expectEmit(address(grants));
        emit IGrants.Funded(company, 300);
        vm.assertEq(grants.fund(300), 300);
        vm.assertEq(grants.funded(), 300);
        vm.assertEq(grants.promised(), 0);
    }

    function test_Fund_GivenFeeOnTransfer_CreditsWhatArrived() public {
        OddCoin coin = odd();
        coin.setMood(OddCoin.Mood.Fee, address(0));
        vm.assertEq(grants.fund(1000), 990);
        vm.assertEq(grants.funded(), 990);
    }

    function test_Fund_RefusesNothing() public {
        rejects(abi.encodeWithSelector(IGrants.NothingReceived.selector));
        grants.fund(0);
    }

    function test_Fund_CannotBeEnteredAgain() public {
        OddCoin coin = odd();
        coin.setCall(address(grants), abi.encodeCall(IGrants.fund, (1)));
        grants.fund(10);
        vm.assertFalse(coin.answered());
        vm.assertEq(
            coin.answer(),
            abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector)
        );
        vm.assertEq(grants.funded(), 10);
    }

    function test_TokensSentWithoutFund_AreNobodys() public {
        vm.prank(company);
        token.transfer(address(grants), 5);
        vm.assertEq(grants.funded(), 0);
        vm.prank(company);
        rejects(abi.encodeWithSelector(IGrants.NotFreeEnough.selector, 1, 0));
        grants.withdrawFree(company, 1);
    }

    function test_WithdrawFree_TakesOnlyWhatIsFree() public {
        pay(300);
        promise_(ROOT, 200);
        vm.startPrank(company);
        rejects(abi.encodeWithSelector(IGrants.NotFreeEnough.selector, 101, 100));
        grants.withdrawFree(keeper, 101);
        vm.expectEmit(address(grants));
        emit IGrants.FreeWithdrawn(keeper, 100);
        grants.withdrawFree(keeper, 100);
        vm.assertEq(token.balanceOf(keeper), 100);
        vm.assertEq(grants.funded(), 200);
    }

    function test_WithdrawFree_ToThePool_Reverts() public {
        pay(1);
        rejects(abi.encodeWithSelector(IGrants.NotPayable.selector, address(grants)));
        vm.prank(company);
        grants.withdrawFree(address(grants), 1);
    }

    function test_CompanyCalls_AreForTheirRolesOnly() public {
        bytes memory no = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger);
        vm.startPrank(stranger);
        rejects(no);
        grants.withdrawFree(stranger, 0);
        rejects(no);
        grants.commit(ROOT, 1, 0, 0);
        rejects(no);
        grants.rescind(ROOT);
        rejects(no);
        grants.end("", 0, false);
        rejects(no);
        grants.pause("");
        rejects(no);
        grants.resume("");
        rejects(no);
        grants.accelerate("", 1);
        rejects(no);
        grants.lowerWithholding("", 0);
        bytes[] memory calls = new bytes[](1);
        calls[0] = abi.encodeCall(IGrants.withdrawFree, (stranger, 0));
        rejects(no);
        grants.multicall(calls);
    }

    function test_Commit_PromisesWhatIsFree() public {
        pay(300);
        vm.expectEmit(address(grants));
        emit IGrants.RoundCommitted(ROOT, 300, keccak256("round"), T0 + 1 days, 0);
        vm.prank(company);
        grants.commit(ROOT, 300, keccak256("round"), T0 + 1 days);
        (uint128 total, uint40 committedAt, uint40 bindingAt, uint16 since) = grants.rounds(ROOT);
        vm.assertEq(total, 300);
        vm.assertEq(committedAt, T0);
        vm.assertEq(bindingAt, T0 + 1 days);
        vm.assertEq(since, 0);
        vm.assertEq(grants.promised(), 300);
    }

    function test_Commit_RefusesWhatIsNotFunded() public {
        pay(300);
        promise_(ROOT, 200);
        vm.prank(company);
        rejects(abi.encodeWithSelector(IGrants.NotFreeEnough.selector, 101, 100));
        grants.commit("other", 101, 0, 0);
    }

    function test_Commit_RefusesARootTwiceAndAnEmptyRound() public {
        pay(300);
        promise_(ROOT, 100);
        vm.startPrank(company);
        rejects(abi.encodeWithSelector(IGrants.RootUsed.selector, ROOT));
        grants.commit(ROOT, 100, 0, 0);
        rejects(abi.encodeWithSelector(IGrants.BadRound.selector));
        grants.commit("other", 0, 0, 0);
        rejects(abi.encodeWithSelector(IGrants.BadRound.selector));
        grants.commit(0, 1, 0, 0);
    }

    function test_Commit_BindsWithinThirtyDays() public {
        pay(300);
        vm.startPrank(company);
        rejects(abi.encodeWithSelector(IGrants.OutOfRange.selector, T0 + 30 days + 1, T0 + 30 days));
        grants.commit(ROOT, 100, 0, T0 + 30 days + 1);
        grants.commit(ROOT, 100, 0, T0 + 30 days);
    }

    function test_Rescind_BeforeItBinds_FreesAndKeepsTheRootUsed() public {
        pay(300);
        vm.startPrank(company);
        grants.commit(ROOT, 300, 0, T0 + 1 days);
        vm.warp(T0 + 1 days - 1);
        vm.expectEmit(address(grants));
        emit IGrants.RoundRescinded(ROOT, 300);
        grants.rescind(ROOT);
        vm.assertEq(grants.promised(), 0);
        rejects(abi.encodeWithSelector(IGrants.RootUsed.selector, ROOT));
        grants.commit(ROOT, 300, 0, 0);
        rejects(abi.encodeWithSelector(IGrants.RoundNotFound.selector, ROOT));
        grants.rescind(ROOT);
    }

    function test_Rescind_ARoundOfOneUnit() public {
        pay(1);
        vm.startPrank(company);
        grants.commit(ROOT, 1, 0, T0 + 1 days);
        grants.rescind(ROOT);
        vm.assertEq(grants.promised(), 0);
    }

    function test_Rescind_OnceItBinds_Reverts() public {
        pay(300);
        vm.startPrank(company);
        grants.commit(ROOT, 300, 0, T0 + 1 days);
        vm.warp(T0 + 1 days);
        rejects(abi.encodeWithSelector(IGrants.TooLate.selector, T0 + 1 days));
        grants.rescind(ROOT);
        rejects(abi.encodeWithSelector(IGrants.RoundNotFound.selector, bytes32("other")));
        grants.rescind("other");
    }
}
